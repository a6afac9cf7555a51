import type { Interceptor, Service } from './calls/call';
import { startCallProxy } from './calls/proxy';
import { type DynamoDbServer, startDynamoDb } from './dynamodb/server';
import { LocalStackError } from './errors';
import type { Faults } from './faults/faults';
import type { Endpoints } from './lambda/environment';
import { type SchedulerServer, startScheduler } from './scheduler/server';
import { type SqsServer, startSqs } from './sqs/server';
import type { DataDirectory } from './storage/data-directory';
import type { Teardown } from './teardown';
import type { Deployment } from './template/deployment';

/** The engines that answer AWS calls, and the endpoints in front of them that everything uses. */
export interface Engines {
  readonly dynamodb: DynamoDbServer;
  readonly sqs: SqsServer;
  readonly scheduler: SchedulerServer;
  readonly endpoints: Endpoints;
}

export interface EngineOptions {
  /** Receives what the stack logs about itself. */
  readonly log?: (line: string) => void;
  /** Called when an essential part of the stack ends. */
  readonly crashed?: (error: LocalStackError) => void;
  /** What goes wrong on purpose; nothing by default. */
  readonly faults?: Faults;
  /** How many seconds late schedules may start their targets; 0 when left out, on AWS 60. */
  readonly scheduleLatenessSeconds?: number;
}

/** Every call passes through the interceptors that are in the list when it comes. */
type Options = EngineOptions & { readonly interceptors: readonly Interceptor[] };

/** Starts DynamoDB, SQS and EventBridge Scheduler, and the proxies that their calls pass through. */
export async function startEngines(
  deployment: Deployment,
  options: Options,
  data: DataDirectory,
  teardown: Teardown,
): Promise<Engines> {
  const { log = () => {}, faults = {}, scheduleLatenessSeconds = 0 } = options;
  log('starting DynamoDB, SQS and EventBridge Scheduler');
  const dynamodb = await startDynamoDb(data.file('table.sqlite'), () =>
    options.crashed?.(new LocalStackError('The DynamoDB engine has ended unexpectedly.')),
  );
  teardown.add(() => dynamodb.stop());
  const sqs = await startSqs(data.file('queues.jsonl'), {
    now: () => options.faults?.messageTime?.() ?? Date.now(),
    expired: (queue, body) => {
      log(`A message of ${queue} has expired.`);
      options.faults?.messageExpired?.(queue, body);
    },
  });
  teardown.add(() => sqs.stop());
  const scheduler = await startScheduler(data.file('schedules.jsonl'), log, {
    faults,
    latenessMs: scheduleLatenessSeconds * 1000,
  });
  teardown.add(() => scheduler.stop());
  const engines = { dynamodb, sqs, scheduler };
  return { ...engines, endpoints: await startProxies(engines, deployment, options, teardown) };
}

async function startProxies(
  engines: Readonly<Record<keyof Endpoints, { readonly endpoint: string }>>,
  deployment: Deployment,
  { interceptors, log = () => {} }: Options,
  teardown: Teardown,
): Promise<Endpoints> {
  const functions = new Set(deployment.names('AWS::Lambda::Function').map(({ logicalId }) => logicalId));
  const endpointOf = async (service: Service & keyof Endpoints) => {
    const proxy = await startCallProxy({ engine: engines[service].endpoint, service, functions, interceptors, log });
    teardown.add(() => proxy.stop());
    return proxy.endpoint;
  };
  return {
    dynamodb: await endpointOf('dynamodb'),
    sqs: await endpointOf('sqs'),
    scheduler: await endpointOf('scheduler'),
  };
}
