import type { Interceptor } from './calls/call';
import { deployTables } from './dynamodb/tables';
import { type EngineOptions, startEngines } from './engines';
import { deployRoutes, registerApi } from './gateway/http-api';
import { type Gateway, startGateway } from './gateway/server';
import type { Endpoints } from './lambda/environment';
import type { FunctionObserver, HandledEvent } from './lambda/function-host';
import { deployFunctions, type Functions, registerFunctions } from './lambda/functions';
import { deployMappings, type Mappings } from './mappings/deploy';
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
  /** CDK context over the local defaults (loopback and plain http allowed). */
  readonly context?: Record<string, unknown>;
  /** Directory that keeps the data over a restart; everything is in memory without it. */
  readonly dbPath?: string;
  /** Port of the HTTP API; 0, the default, for a free one. */
  readonly port?: number;
  /** Takes every line that a function writes. */
  readonly functionLog?: (functionName: string, line: string) => void;
  /** Told of every event that a function has handled, and what it took. */
  readonly functionHandled?: (handled: HandledEvent) => void;
  /** Stand between every AWS call and the engine that answers it, outermost first. */
  readonly interceptors?: readonly Interceptor[];
  /** Takes what the template's policies were found to say about calls of functions, each once. */
  readonly decided?: (decision: Decision) => void;
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
   */
  invoke(functionName: string, event: unknown): Promise<unknown>;
  /** The last lines that one function, or all of them, wrote. */
  logs(functionName?: string): readonly string[];
  /** Ends the workers of a function in the middle of what they do, as a crash would. */
  killWorkers(functionName: string): Promise<void>;
  /** Ends one worker, as `Call.caller` names it, in the middle of what it does. */
  killWorker(functionName: string, worker: string): Promise<void>;
  /** Workers of a function that are handling an event right now. */
  busyWorkers(functionName: string): readonly string[];
  /** Lets the function's event source mappings take nothing more, until they are resumed. */
  pauseMapping(functionName: string): void;
  resumeMapping(functionName: string): void;
  /** Stops everything; nothing that the stack started is left. */
  stop(): Promise<void>;
}

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
 * @throws LocalStackError with one clear sentence when that is not possible; nothing is left running then
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
  const functions = deployFunctions(deployment, endpoints, observerOf(options), faults);
  const permissions = deployPermissions(deployment, functions, options);
  interceptors.push(permissions.intercept);
  const router = deployRoutes(deployment);
  deploySchedules(deployment, scheduler.store);
  const outputs = deployment.outputs();
  const mappings = await deployMappings(deployment, {
    functions,
    permissions,
    sqs,
    dynamoDbEndpoint: endpoints.dynamodb,
    checkpointFile: data.file('checkpoints.json'),
    faults,
    log,
  });
  // Together, because a poller waits for the batch that its function still works on.
  teardown.add(() => Promise.all([mappings.stop(), functions.stop()]));
  scheduler.begin(targetStarter(functions, sqs, permissions));
  teardown.add(() => scheduler.end());
  gateway.serve({ router, functions });
  log(`running ${functions.all().length} functions, their queues, table, schedules and routes`);
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

/** Loads the bundles one after another, so that the first requests do not wait for it. */
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
