import { describe, expect, it } from 'vitest';
import { ENVIRONMENTS, type FunctionName } from '../../lambdas/runtime/environment';
import { variablesOf } from './environment';
import { resourcesOf, synthesize, theOnly } from './synthesized';

const NAMES = Object.keys(ENVIRONMENTS) as FunctionName[];
const template = synthesize({ retentionDays: 20, timelineShards: 2, allowPlainHttp: 'true', logRetentionDays: 14 });
const functionOf = (name: FunctionName) => theOnly(template, 'AWS::Lambda::Function', `/Functions/${name}/`);

describe.each(NAMES)('the function %s', (name) => {
  it('runs an ES module bundle on Node 24 and arm64', () => {
    expect(functionOf(name).properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
    });
  });

  it('gets the environment that it parses at its start, and nothing that it does not read', () => {
    const variables = variablesOf(template, name);
    expect(ENVIRONMENTS[name].safeParse(variables).error?.issues ?? []).toEqual([]);
    const libraries = ['POWERTOOLS_LOG_LEVEL', 'POWERTOOLS_METRICS_NAMESPACE', 'POWERTOOLS_SERVICE_NAME'];
    const node = name === 'deliver' ? ['UV_THREADPOOL_SIZE'] : [];
    const read = [...Object.keys(ENVIRONMENTS[name].shape), ...libraries, ...node];
    expect(Object.keys(variables).sort()).toEqual(read.sort());
  });

  it('writes to a log group of its own, under its own name', () => {
    const group = theOnly(template, 'AWS::Logs::LogGroup', `/Functions/${name}/`);
    expect(functionOf(name).properties.LoggingConfig).toMatchObject({ LogGroup: { Ref: group.id } });
    expect(variablesOf(template, name).POWERTOOLS_SERVICE_NAME).toBe(name);
  });

  it('logs its own lines, and of those that Lambda writes only the ones about failures', () => {
    expect(functionOf(name).properties.LoggingConfig).toMatchObject({
      LogFormat: 'JSON',
      ApplicationLogLevel: 'INFO',
      SystemLogLevel: 'WARN',
    });
  });
});

describe('the functions', () => {
  it('are told the settings', () => {
    expect(variablesOf(template, 'deliver')).toMatchObject({
      RETENTION_DAYS: '20',
      TIMELINE_SHARDS: '2',
      ALLOW_PLAIN_HTTP: 'true',
      ALLOW_LOOPBACK: 'false',
      MAX_RECEIVE_COUNT: '5',
      SCHEDULER_THRESHOLD_SECONDS: '900',
    });
  });

  it('give deliver enough threads that names which do not resolve delay no other destination', () => {
    expect(variablesOf(template, 'deliver').UV_THREADPOOL_SIZE).toBe('64');
  });

  it('reserve no concurrency, which a new account cannot do, unless the settings reserve some for ingest', () => {
    const reserved = (of: typeof template) =>
      resourcesOf(of, 'AWS::Lambda::Function').flatMap(({ path, properties }) => {
        const { ReservedConcurrentExecutions } = properties;
        return ReservedConcurrentExecutions === undefined ? [] : [[path.split('/')[2], ReservedConcurrentExecutions]];
      });
    expect(reserved(template)).toEqual([]);
    const context = { accountConcurrency: 1000, ingestReservedConcurrency: 40 };
    expect(reserved(synthesize(context))).toEqual([['ingest', 40]]);
  });

  it('answer HTTP calls sooner than API Gateway gives up on them', () => {
    for (const name of ['ingest', 'api', 'manage'] as const) expect(functionOf(name).properties.Timeout).toBe(10);
  });
});

describe('the log groups', () => {
  it('keep their entries for as long as was asked for', () => {
    const groups = resourcesOf(template, 'AWS::Logs::LogGroup');
    expect(groups).toHaveLength(NAMES.length + 1);
    for (const { properties } of groups) expect(properties.RetentionInDays).toBe(14);
  });

  it('go with the stack', () => {
    template.allResources('AWS::Logs::LogGroup', { DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
  });
});
