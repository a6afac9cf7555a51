import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { METRICS } from '../../lambdas/runtime/metric-names';
import { variablesOf } from './environment';
import { textOf } from './policies';
import { resourcesOf, synthesize, theOnly } from './synthesized';

const template = synthesize();
const metricSchema = z.looseObject({
  Namespace: z.string(),
  MetricName: z.string(),
  Dimensions: z.array(z.object({ Name: z.string(), Value: z.unknown().transform(textOf) })).default([]),
});
const alarmSchema = z.looseObject({
  AlarmName: z.string(),
  AlarmDescription: z.string(),
  Threshold: z.number(),
  TreatMissingData: z.string(),
  MetricName: z.string().optional(),
  Dimensions: z.array(z.looseObject({ Name: z.string() })).optional(),
  Metrics: z
    .array(
      z.looseObject({ Expression: z.string().optional(), MetricStat: z.object({ Metric: metricSchema }).optional() }),
    )
    .optional(),
  AlarmActions: z.array(z.unknown()).default([]),
  OKActions: z.array(z.unknown()).default([]),
});
const alarmsOf = (of: typeof template) =>
  resourcesOf(of, 'AWS::CloudWatch::Alarm').map(({ properties }) => alarmSchema.parse(properties));
const alarms = alarmsOf(template);
const named = (name: string) => alarms.find(({ AlarmName }) => AlarmName === `Posthorn-${name}`);

/** The metrics that an alarm looks at: its own, or those of its expression. */
const metricsOf = ({ Metrics, ...alarm }: z.output<typeof alarmSchema>) =>
  Metrics?.flatMap(({ MetricStat }) => MetricStat?.Metric ?? []) ?? [metricSchema.parse(alarm)];
const metricsNamed = (name: string) => alarms.filter((alarm) => alarm === named(name)).flatMap(metricsOf);
/** The dimensions of a metric as text: `TableName=<Table> …`. */
const dimensionsOf = ({ Dimensions }: z.output<typeof metricSchema>) =>
  Dimensions.map(({ Name, Value }) => `${Name}=${Value}`)
    .sort()
    .join(' ');

const runbook = readFileSync(join(import.meta.dirname, '../../docs/runbook.md'), 'utf8');
/** Sections of the runbook with the severity that each begins with. */
const sections = [...runbook.matchAll(/^### (\w+)\n\n\*\*(\w+)\.\*\*/gm)].map(([, name, severity]) => ({
  name,
  severity,
}));

describe('the alarms', () => {
  it('have a section of the runbook each, with the same severity, and the runbook has no other sections', () => {
    const raised = alarms.map(({ AlarmName, AlarmDescription }) => ({
      name: AlarmName.replace('Posthorn-', ''),
      severity: /^\[(\w+)\]/.exec(AlarmDescription)?.[1],
    }));
    const byName = (one: { name?: string | undefined }, other: { name?: string | undefined }) =>
      `${one.name}` < `${other.name}` ? -1 : 1;
    expect(raised.sort(byName)).toEqual(sections.sort(byName));
    expect(raised.length).toBeGreaterThanOrEqual(14);
  });

  it('say in their descriptions what is the case and where to read on', () => {
    for (const { AlarmName, AlarmDescription } of alarms) {
      const name = AlarmName.replace('Posthorn-', '');
      expect(AlarmDescription).toMatch(/^\[(page|look)\] [A-Z].{30,}\. Runbook: /);
      expect(AlarmDescription).toContain(`docs/runbook.md, section ${name}.`);
    }
  });

  it('take the age of the oldest message to be too high only where no delay explains it', () => {
    const queue = theOnly(template, 'AWS::SQS::Queue', '/Queues/DeliveryQueue/').id;
    expect(named('OldestMessage')).toMatchObject({
      MetricName: 'ApproximateAgeOfOldestMessage',
      Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [queue, 'QueueName'] } }],
      Threshold: 1800,
    });
  });

  it('tell of the first dead letter and of the first record that was set aside', () => {
    for (const [name, path] of [
      ['DeadLetters', '/Queues/DeadLetterQueue/'],
      ['SetAsideRecords', '/SetAside/'],
    ] as const) {
      const { id } = theOnly(template, 'AWS::SQS::Queue', path);
      expect(named(name)).toMatchObject({
        MetricName: 'ApproximateNumberOfMessagesVisible',
        Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [id, 'QueueName'] } }],
        Threshold: 1,
        EvaluationPeriods: 1,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        TreatMissingData: 'notBreaching',
      });
    }
  });

  // AWS charges ten cents a month for each metric of an alarm, also for those inside an expression.
  it('look at 29 metrics at most, so that a stack costs next to nothing while it is idle', () => {
    expect(alarms.flatMap(metricsOf).length).toBeLessThanOrEqual(29);
  });

  it('see throttled requests of the table and of every index', () => {
    const { id, properties } = theOnly(template, 'AWS::DynamoDB::Table');
    const indexes = z.array(z.object({ IndexName: z.string() })).parse(properties.GlobalSecondaryIndexes);
    const table = `TableName=<${id}>`;
    const places = [table, ...indexes.map(({ IndexName }) => `GlobalSecondaryIndexName=${IndexName} ${table}`)];
    const seen = metricsNamed('TableThrottled').map((metric) => `${metric.MetricName} ${dimensionsOf(metric)}`);
    const kinds = ['ReadThrottleEvents', 'WriteThrottleEvents'];
    expect(seen.sort()).toEqual(kinds.flatMap((kind) => places.map((place) => `${kind} ${place}`)).sort());
  });

  it('count a metric without data as zero in expressions', () => {
    const expressions = alarms.flatMap(({ Metrics = [] }) => Metrics.flatMap(({ Expression }) => Expression ?? []));
    expect(expressions.length).toBeGreaterThan(0);
    for (const expression of expressions) expect(expression).toMatch(/^SUM\(\[(FILL\(\w+, 0\)(, )?)+\]\)$/);
  });

  it('look at the errors of functions that no other alarm shows', () => {
    const watched = (name: string) => metricsNamed(name).map(dimensionsOf).sort();
    const functions = ['deliver', 'sweep'].map(
      (name) => `FunctionName=<${theOnly(template, 'AWS::Lambda::Function', `/${name}/`).id}>`,
    );
    for (const name of ['FunctionErrors', 'FunctionThrottles']) expect(watched(name)).toEqual(functions);
    expect(metricsNamed('ServerErrors')).toMatchObject([{ Namespace: 'AWS/ApiGateway', MetricName: '5xx' }]);
    for (const name of ['RouteBehind', 'StatisticsBehind'])
      expect(metricsNamed(name)).toMatchObject([{ MetricName: 'IteratorAge' }]);
  });

  it('look at the metrics that functions count, under the names that these use', () => {
    const namespace = variablesOf(template, 'deliver').POWERTOOLS_METRICS_NAMESPACE;
    const own = alarms.filter(({ Namespace }) => Namespace === namespace);
    const { foreign, oldest, repairs } = METRICS.sweep;
    const counted = [...[foreign, oldest, repairs].map((name) => `sweep ${name}`), 'deliver CircuitOpened'];
    const named = own.map(({ MetricName, Dimensions }) => `${Dimensions?.[0]?.Value} ${MetricName}`);
    expect(named.sort()).toEqual(counted.sort());
    for (const { Dimensions } of own) expect(Dimensions?.map(({ Name }) => Name)).toEqual(['service']);
  });

  it('take a sweep that says nothing for one that does not run', () => {
    expect(named('SweepSilent')).toMatchObject({
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    });
  });

  it('tell nobody by themselves, and a topic when one is given', () => {
    expect(alarms.flatMap(({ AlarmActions, OKActions }) => [...AlarmActions, ...OKActions])).toEqual([]);
    const alarmTopicArn = 'arn:aws:sns:eu-central-1:123456789012:operators';
    for (const { AlarmActions, OKActions } of alarmsOf(synthesize({ alarmTopicArn }))) {
      expect([AlarmActions, OKActions]).toEqual([[alarmTopicArn], [alarmTopicArn]]);
    }
  });
});

describe('another stack of the account', () => {
  const other = synthesize({ stackName: 'posthorn-staging' });
  const ownMetrics = (of: typeof template) =>
    alarmsOf(of)
      .flatMap(metricsOf)
      .filter(({ Namespace }) => !Namespace.startsWith('AWS/'));

  it('counts in a namespace of its own, and its alarms look there', () => {
    for (const name of ['deliver', 'sweep'] as const)
      expect(variablesOf(other, name).POWERTOOLS_METRICS_NAMESPACE).toBe('Posthorn/posthorn-staging');
    expect(new Set(ownMetrics(other).map(({ Namespace }) => Namespace))).toEqual(
      new Set(['Posthorn/posthorn-staging']),
    );
    expect(new Set(ownMetrics(template).map(({ Namespace }) => Namespace))).toEqual(new Set(['Posthorn/Posthorn']));
  });

  it('has alarms with other names', () => {
    const names = new Set(alarms.map(({ AlarmName }) => AlarmName));
    expect(alarmsOf(other).filter(({ AlarmName }) => names.has(AlarmName))).toEqual([]);
  });

  // A metric without dimensions covers the whole account.
  it('does not affect the AWS metrics that alarms look at', () => {
    for (const metric of alarms.flatMap(metricsOf)) expect(metric.Dimensions, metric.MetricName).not.toEqual([]);
  });
});

describe('the dashboard', () => {
  it('is named after stack and region, because regions share the names of dashboards', () => {
    const { properties } = theOnly(template, 'AWS::CloudWatch::Dashboard');
    expect(textOf(properties.DashboardName)).toBe('Posthorn-<AWS::Region>');
  });

  it('shows every metric that functions count', () => {
    const { properties } = theOnly(template, 'AWS::CloudWatch::Dashboard');
    const body = JSON.stringify(properties.DashboardBody);
    const shown = [
      ...Object.values(METRICS.deliver),
      METRICS.sweep.repairs,
      METRICS.sweep.resumed,
      METRICS.sweep.oldest,
    ];
    for (const name of shown) expect(body).toContain(name);
  });
});

describe('traces', () => {
  it('are made of all functions when they are asked for, and of none otherwise', () => {
    const modes = (of: typeof template) =>
      resourcesOf(of, 'AWS::Lambda::Function').map(({ properties }) => properties.TracingConfig);
    expect(new Set(modes(template))).toEqual(new Set([undefined]));
    expect(modes(synthesize({ tracing: true }))).toEqual(Array.from({ length: 7 }, () => ({ Mode: 'Active' })));
  });
});
