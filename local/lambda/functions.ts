import { join } from 'node:path';
import { LocalStackError } from '../errors';
import type { Faults } from '../faults/faults';
import type { Deployment, Resource } from '../template/deployment';
import { ACCOUNT_ID, REGION } from '../template/template';
import { type AsynchronousPolicy, USUAL_POLICY } from './asynchronous-events';
import { divideQuota } from './concurrency';
import { type Endpoints, functionEnvironment } from './environment';
import { type FunctionConfig, functionProperties, invokeConfigProperties } from './function-config';
import { FunctionHost, type FunctionObserver } from './function-host';
import { runtimeOf } from './runtime';

/** The most workers of a function: a laptop is not a region. */
const WORKERS = 10;

type Properties = ReturnType<typeof functionProperties.parse>;

/** All functions of the template. */
export class Functions {
  constructor(private readonly hosts: readonly FunctionHost[]) {}

  /**
   * The function with this name, ARN or logical id, or whose service name or logical id starts with it.
   *
   * @throws LocalStackError if there is none
   */
  get(name: string): FunctionHost {
    const found =
      this.hosts.find((host) => isExactly(host.config, name)) ?? this.hosts.find((host) => starts(host, name));
    if (found !== undefined) return found;
    const names = this.hosts.map(({ config }) => config.environment.POWERTOOLS_SERVICE_NAME ?? config.logicalId);
    throw new LocalStackError(`There is no function ${name}: the stack has ${names.join(', ')}.`);
  }

  all(): readonly FunctionHost[] {
    return this.hosts;
  }

  async stop(): Promise<void> {
    await Promise.all(this.hosts.map((host) => host.stop()));
  }
}

const isExactly = ({ logicalId, name, arn, environment }: FunctionConfig, wanted: string): boolean =>
  [logicalId, name, arn, environment.POWERTOOLS_SERVICE_NAME].includes(wanted);

const starts = ({ config }: FunctionHost, prefix: string): boolean =>
  config.logicalId.toLowerCase().startsWith(prefix.toLowerCase());

/** Registers the template's functions, so that other resources can refer to them. */
export function registerFunctions(deployment: Deployment): void {
  for (const { logicalId, name } of deployment.names('AWS::Lambda::Function'))
    deployment.register(logicalId, { ref: name, attributes: { Arn: arnOf(name) } });
}

export interface FunctionOptions {
  readonly observer: FunctionObserver;
  readonly faults: Faults;
  /** How many executions the account may run at the same time. */
  readonly accountConcurrency: number;
  readonly log: (line: string) => void;
}

/**
 * Prepares the template's functions; workers start when they are needed.
 *
 * @throws LocalStackError if they reserve more of the account's concurrency than AWS allows
 */
export function deployFunctions(
  deployment: Deployment,
  endpoints: Endpoints,
  { observer, faults, accountConcurrency, log }: FunctionOptions,
): Functions {
  const resources = deployment.resources('AWS::Lambda::Function', functionProperties);
  const shareOf = divideQuota(resources, accountConcurrency);
  const hostOf = (resource: Resource<Properties>) =>
    new FunctionHost(configOf(deployment, resource, endpoints), {
      ...{ observer, faults, log },
      concurrency: shareOf(resource),
    });
  return new Functions(resources.map(hostOf));
}

function configOf(
  deployment: Deployment,
  { logicalId, name, properties }: Resource<Properties>,
  endpoints: Endpoints,
): FunctionConfig {
  const [module = '', exported = ''] = properties.Handler.split('.');
  const { MemorySize: memoryMb, Timeout: timeoutSeconds } = properties;
  const variables = properties.Environment?.Variables ?? {};
  return {
    logicalId,
    name,
    arn: arnOf(name),
    roleArn: properties.Role,
    entry: { file: join(deployment.assembly.assetDirectory(properties.Code.S3Key), `${module}.mjs`), name: exported },
    environment: functionEnvironment({ logicalId, name, memoryMb }, variables, endpoints),
    runtime: { name: properties.Runtime, ...runtimeOf(properties.Runtime) },
    memoryMb,
    timeoutSeconds,
    asynchronous: policyOf(deployment, name),
    workers: WORKERS,
  };
}

function policyOf(deployment: Deployment, functionName: string): AsynchronousPolicy {
  const configs = deployment.resources('AWS::Lambda::EventInvokeConfig', invokeConfigProperties);
  const found = configs.find(({ properties }) => properties.FunctionName === functionName)?.properties;
  if (found === undefined) return USUAL_POLICY;
  return { retries: found.MaximumRetryAttempts, maxAgeSeconds: found.MaximumEventAgeInSeconds };
}

const arnOf = (name: string): string => `arn:aws:lambda:${REGION}:${ACCOUNT_ID}:function:${name}`;
