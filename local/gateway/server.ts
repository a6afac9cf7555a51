import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { readBody } from '../http/body';
import { closeServer } from '../http/close';
import { LOOPBACK, listen } from '../http/listen';
import { Throttled } from '../lambda/concurrency';
import type { Functions } from '../lambda/functions';
import { decodedPath, type ReceivedRequest, toEvent } from './event';
import { gatewayAnswer, type HttpAnswer, toAnswer } from './response';
import type { RouteMatch, Router } from './routes';

/** Largest body that an HTTP API takes. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;
/** Largest event that Lambda takes. */
const MAX_EVENT_BYTES = 6 * 1024 * 1024;

/** The API that the gateway serves once the template is running. */
export interface Api {
  readonly router: Router;
  readonly functions: Functions;
}

/** The running HTTP API. */
export interface Gateway {
  readonly url: string;
  /** Starts answering; until then every request gets a 503. */
  serve(api: Api): void;
  stop(): Promise<void>;
}

/**
 * Starts the HTTP API on the loopback interface.
 *
 * @throws LocalStackError when the port is taken
 */
export async function startGateway(requestedPort: number): Promise<Gateway> {
  let api: Api | undefined;
  const server: Server = createServer((request, response) => {
    void handle(api, request).then((answer) => write(response, answer));
  });
  const port = await listen(server, requestedPort);
  return {
    url: `http://${LOOPBACK}:${port}`,
    serve: (started) => {
      api = started;
    },
    stop: () => closeServer(server),
  };
}

async function handle(api: Api | undefined, request: IncomingMessage): Promise<HttpAnswer> {
  try {
    const body = await readBody(request, MAX_BODY_BYTES);
    if (api === undefined) return gatewayAnswer(503, 'Service Unavailable');
    if (body === undefined) return gatewayAnswer(413, 'Request Too Long');
    return await route(api, received(request, body));
  } catch {
    return gatewayAnswer(500, 'Internal Server Error');
  }
}

async function route({ router, functions }: Api, request: ReceivedRequest): Promise<HttpAnswer> {
  const path = decodedPath(request.url);
  if (path === undefined) return gatewayAnswer(400, 'Bad Request');
  const match = router(request.method, path);
  if (match === undefined) return gatewayAnswer(404, 'Not Found');
  const event = toEvent(request, match, new Date());
  if ((event.body?.length ?? 0) > MAX_EVENT_BYTES) return gatewayAnswer(413, 'Request Too Long');
  const { functionName } = match.target;
  return await withinTimeout(match, functions.get(functionName).invoke(event).then(toAnswer, answerToError));
}

/** A throttled function is a 503 of the gateway, a failed one a 500. */
function answerToError(error: unknown): HttpAnswer {
  if (error instanceof Throttled) return gatewayAnswer(503, 'Service Unavailable');
  throw error;
}

async function withinTimeout({ target }: RouteMatch, answer: Promise<HttpAnswer>): Promise<HttpAnswer> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<HttpAnswer>((resolve) => {
    timer = setTimeout(() => resolve(gatewayAnswer(503, 'Service Unavailable')), target.timeoutMs);
  });
  try {
    return await Promise.race([answer, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

const received = (request: IncomingMessage, body: Buffer): ReceivedRequest => ({
  method: request.method ?? 'GET',
  url: request.url ?? '/',
  headers: request.headers,
  body,
  sourceIp: request.socket.remoteAddress ?? LOOPBACK,
  port: request.socket.localPort ?? 0,
});

function write(response: ServerResponse, { status, headers, cookies, body }: HttpAnswer): void {
  if (cookies.length > 0) response.setHeader('set-cookie', [...cookies]);
  response.writeHead(status, { ...headers, 'content-length': body.length });
  response.end(body);
}
