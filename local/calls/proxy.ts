import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { LocalStackError } from '../errors';
import { readBody } from '../http/body';
import { closeServer } from '../http/close';
import { LOOPBACK, listen } from '../http/listen';
import { Call, ConnectionBroken, type Forward, type Interceptor, type Service } from './call';
import { callerOf } from './caller';
import { Engine } from './engine';
import { operationOf } from './operation';

export interface CallProxyOptions {
  /** Where the engine is. */
  readonly engine: string;
  readonly service: Service;
  /** Logical ids of the functions: callers with another access key are people and their tools. */
  readonly functions: ReadonlySet<string>;
  /** Outermost first. */
  readonly interceptors: readonly Interceptor[];
  readonly log: (line: string) => void;
}

/** An endpoint that callers use instead of the engine's own. */
export interface CallProxy {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** More than the longest request of any service that is emulated (`BatchWriteItem`: 16 MB). */
const MAX_BODY_BYTES = 17 * 1024 * 1024;

/** Longer than the SDK keeps idle connections, so that no call uses one that is just being closed. */
const KEEP_ALIVE_MS = 120_000;

/** Starts an endpoint that passes calls through the interceptors to the engine. */
export async function startCallProxy(options: CallProxyOptions): Promise<CallProxy> {
  const engine = new Engine(options.engine);
  const server = createServer((request, response) => void pass(options, engine, request, response));
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  const port = await listen(server, 0);
  return {
    endpoint: `http://${LOOPBACK}:${port}`,
    stop: async () => {
      await closeServer(server);
      await engine.close();
    },
  };
}

async function pass(
  options: CallProxyOptions,
  engine: Engine,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  try {
    const call = await callFrom(options, request);
    const last: Forward = (forwarded) => engine.answer(forwarded, gone.signal);
    const first = options.interceptors.reduceRight<Forward>((next, intercept) => (c) => intercept(c, next), last);
    const { status, headers, body } = await first(call);
    response.writeHead(status, { ...headers, 'content-length': body.length }).end(body);
  } catch (error) {
    if (!gone.signal.aborted && !(error instanceof ConnectionBroken))
      options.log(`A call of ${options.service} failed on its way: ${error}`);
    response.destroy();
  }
}

async function callFrom({ service, functions }: CallProxyOptions, incoming: IncomingMessage): Promise<Call> {
  const { method = 'GET', url: path = '/', headers } = incoming;
  const body = await readBody(incoming, MAX_BODY_BYTES);
  if (body === undefined) throw new LocalStackError(`The request is longer than ${MAX_BODY_BYTES} bytes.`);
  const request = { method, path, headers, body };
  return new Call({ ...request, ...operationOf(service, request), caller: callerOf(headers, functions) });
}
