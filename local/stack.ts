import type { Interceptor } from './calls/call';
import type { PartitionLimits } from './dynamodb/partitions';
import { deployTables, tableKeys } from './dynamodb/tables';
import { Throttle, type Throttled } from './dynamodb/throttle';
import { type EngineOptions, startEngines } from './engines';
import { deployRoutes, registerApi } from './gateway/http-api';
import { type Gateway, startGateway } from './gateway/server';
import { USUAL_QUOTA } from './lambda/concurrency';
import type { Endpoints } from './lambda/environment';
import type { FunctionObserver, HandledEvent } from './lambda/function-host';
import { deployFunctions, type Functions, registerFunctions } from './lambda/functions';
import { describeRuntimes } from './lambda/runtime';
import { deployMappings, type Mappings } from './mappings/deploy';
import type { BatchLimit } from './mappings/poller';
import { deployPermissions } from './permissions/deploy';
import type { Decision } from './permissions/permissions';
import { targetStarter } from './scheduler/targets';
import { deployScheduleGroups, deploySchedules } from './scheduler/template-schedules';
import { deployQueues } from './sqs/queues';
import { openDataDirectory } from './storage/data-directory';
import { Teardown } from './teardown';
import { loadAssembly } from './template/assembly';
import { Deployment } from './template/deployment';
import { synthesize } from './template/synthesize';

export interface LocalStackOptions extends EngineOptions {
  /** CDK context, merged over the local defaults (loopback and plain http allowed). */
  readonly context?: Record<string, unknown>;
  /** Directory that keeps the data across restarts; without it everything is in memory. */
  readonly dbPath?: string;
  /** Port of the HTTP API; 0, the default, for a free one. */
  readonly port?: number;
  /** How many executions the account may run at the same time, 1,000 when left out; more are throttled. */
  readonly accountConcurrency?: number;
  /** Receives every line that a function writes. */
  readonly functionLog?: (functionName: string, line: string) => void;
  /** Called after every event that a function has handled, with what it used. */
  readonly functionHandled?: (handled: HandledEvent) => void;
  /** Interceptors between every AWS call and the engine that answers it, outermost first. */
  readonly interceptors?: readonly Interceptor[];
  /** Receives the policies' decisions about calls of functions, each once. */
  readonly decided?: (decision: Decision) => void;
  /** Into how many shards each stream is split; 4, as a new on-demand table has them, when left out. */
  readonly streamShards?: number;
  /** How full batches are; as full as the mappings say and what waits allows, when left out. */
  readonly batchLimit?: BatchLimit;
  /**
   * What each partition of the table and its indexes takes, in units a second; no limit when left out, because the engine does
   * not reach those of AWS.
   */
  readonly partitionLimits?: PartitionLimits;
  /** A synthesized `cdk.out` directory, instead of synthesizing the app. */
  readonly assembly?: string;
}

export interface LocalStack {
  /** Where the HTTP API is, without a slash at its end. */
  readonly apiUrl: string;
  readonly endpoints: Endpoints;
  /** The stack's outputs, by key. */
  readonly outputs: Readonly<Record<string, string>>;
  /**
   * Handles one event in a function.
   *
   * @param functionName service name such as `ingest`, or the start of the logical id
   * @throws FunctionError when the function failed
   * @throws Throttled when too many run already
   */
  invoke(functionName: string, event: unknown): Promise<unknown>;
  /** The last lines that one function, or all of them, wrote. */
  logs(functionName?: string): readonly string[];
  /** Kills the workers of a function in the middle of their work, like a crash. */
  killWorkers(functionName: string): Promise<void>;
  /** Kills one worker, named as in `Call.caller`, in the middle of its work. */
  killWorker(functionName: string, worker: string): Promise<void>;
  /** The workers of a function that are handling an event. */
  busyWorkers(functionName: string): readonly string[];
  /** Pauses the function's event source mappings until they are resumed. */
  pauseMapping(functionName: string): void;
  resumeMapping(functionName: string): void;
  /** Stops everything that the stack started. */
  stop(): Promise<void>;
}

const STREAM_SHARDS = 4;

interface Running {
  readonly gateway: Gateway;
  readonly endpoints: Endpoints;
  readonly outputs: Record<string, string>;
  readonly functions: Functions;
  readonly mappings: Mappings;
}

/**
 * Runs the app's CloudFormation template on this machine.
 *
 * @throws LocalStackError with one clear sentence if that is not possible; nothing is left running
 */
export async function startLocalStack(options: LocalStackOptions = {}): Promise<LocalStack> {
  const teardown = new Teardown();
  try {
    return stackOf(await start(options, teardown), teardown);
  } catch (error) {
    await teardown.run();
    throw error;
  }
}

async function start(options: LocalStackOptions, teardown: Teardown): Promise<Running> {
  const { log = () => {}, faults = {} } = options;
  const data = openDataDirectory(options.dbPath);
  teardown.add(() => data.release());
  const gateway = await startGateway(options.port ?? 0);
  teardown.add(() => gateway.stop());
  const deployment = await loadTemplate(options, teardown, log);
  const interceptors = [...(options.interceptors ?? [])];
  const engines = await startEngines(deployment, { ...options, interceptors }, data, teardown);
  const { dynamodb, sqs, scheduler, endpoints } = engines;

  registerApi(deployment, gateway.url);
  registerFunctions(deployment);
  deployScheduleGroups(deployment, scheduler.store);
  deployQueues(deployment, sqs, endpoints.sqs);
  await deployTables(deployment, dynamodb.endpoint);
  const { accountConcurrency = USUAL_QUOTA } = options;
  const functions = deployFunctions(deployment, endpoints, {
    observer: observerOf(options),
    faults,
    accountConcurrency,
    log,
  });
  const permissions = deployPermissions(deployment, functions, options);
  interceptors.push(permissions.intercept);
  if (options.partitionLimits !== undefined) {
    const throttled = (what: Throttled) => faults.partitionThrottled?.(what);
    interceptors.push(new Throttle(tableKeys(deployment), options.partitionLimits, throttled).intercept);
  }
  const router = deployRoutes(deployment);
  deploySchedules(deployment, scheduler.store);
  const outputs = deployment.outputs();
  const mappings = await deployMappings(deployment, {
    functions,
    permissions,
    sqs,
    dynamoDbEndpoint: endpoints.dynamodb,
    checkpointFile: data.file('checkpoints.json'),
    streamShards: options.streamShards ?? STREAM_SHARDS,
    faults,
    batchLimit: options.batchLimit,
    log,
  });
  // Together, because a poller waits for the batch that its function is still handling.
  teardown.add(() => Promise.all([mappings.stop(), functions.stop()]));
  scheduler.begin(targetStarter(functions, sqs, permissions));
  teardown.add(() => scheduler.end());
  gateway.serve({ router, functions });
  const on = describeRuntimes(functions.all().map(({ config }) => config.runtime));
  log(`running ${functions.all().length} functions on ${on}, their queues, table, schedules and routes`);
  void warm(functions, log);
  return { gateway, endpoints, outputs, functions, mappings };
}

const observerOf = ({ functionLog, functionHandled }: LocalStackOptions): FunctionObserver => ({
  ...(functionLog && { line: functionLog }),
  ...(functionHandled && { handled: functionHandled }),
});

async function loadTemplate(
  options: LocalStackOptions,
  teardown: Teardown,
  log: (line: string) => void,
): Promise<Deployment> {
  if (options.assembly !== undefined) return new Deployment(loadAssembly(options.assembly));
  log('synthesizing the app and bundling its functions');
  const app = await synthesize(options.context ?? {});
  teardown.add(() => app.remove());
  return new Deployment(loadAssembly(app.directory));
}

/** Loads the bundles one after another, so that the first requests need not wait for them. */
async function warm(functions: Functions, log: (line: string) => void): Promise<void> {
  for (const host of functions.all())
    await host.warm().catch((error) => log(`${host.config.name} does not load: ${error}`));
}

function stackOf({ gateway, endpoints, outputs, functions, mappings }: Running, teardown: Teardown): LocalStack {
  const pollersOf = (functionName: string) => mappings.of(functions.get(functionName).config.name);
  return {
    apiUrl: gateway.url,
    endpoints,
    outputs,
    invoke: async (functionName, event) => functions.get(functionName).invoke(event),
    logs: (functionName) =>
      functionName === undefined
        ? functions.all().flatMap(({ logs }) => logs.recent)
        : functions.get(functionName).logs.recent,
    killWorkers: async (functionName) => functions.get(functionName).killWorkers(),
    killWorker: async (functionName, worker) => functions.get(functionName).killWorker(worker),
    busyWorkers: (functionName) => functions.get(functionName).busyWorkers(),
    pauseMapping: (functionName) => {
      for (const poller of pollersOf(functionName)) poller.pause();
    },
    resumeMapping: (functionName) => {
      for (const poller of pollersOf(functionName)) poller.resume();
    },
    stop: () => teardown.run(),
  };
}
