import middy from '@middy/core';
import httpRouter from '@middy/http-router';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { logger } from '../runtime/log';
import type { Authenticate, Needs, Principal } from './authentication';
import { errorResponse, internalError } from './error-bodies';
import { ApiError } from './errors';
import { type ApiRequest, type ApiResponse, readRequest, writeResponse } from './messages';
import { type HttpFunction, ROUTES, type Route } from './routes';

/** Bodies beyond 256 KiB are refused. */
export const MAX_BODY_BYTES = 262_144;

/** What serves a route: in public, or for whoever has a key with that scope. */
export type Endpoint =
  | { readonly public: true; readonly scope?: never; handle(request: ApiRequest): Promise<ApiResponse> }
  | {
      readonly public?: false;
      readonly scope: Needs;
      handle(request: ApiRequest, principal: Principal): Promise<ApiResponse>;
    };

/** Endpoints by route, written `GET /v1/events/{id}` as in the list of routes. */
export type Endpoints = Readonly<Record<string, Endpoint>>;

type Result = APIGatewayProxyStructuredResultV2;

/**
 * Makes the handler of a function that answers HTTP: routing, authentication, errors and the log line in one place.
 *
 * @throws Error at start when the endpoints are not exactly the routes of that function
 */
export function createHttpHandler(fn: HttpFunction, endpoints: Endpoints, authenticate: Authenticate) {
  const own = ROUTES.filter((route) => route.function === fn);
  if (Object.keys(endpoints).length !== own.length)
    throw new Error(`The function ${fn} has endpoints without a route.`);
  const routes = own.map((route) => {
    return { method: route.method, path: route.path, handler: serve(route, endpoints, authenticate) };
  });
  const router = httpRouter<APIGatewayProxyEventV2, Result>({
    routes: [...own.flatMap(literalPathsWithin), ...routes],
    notFoundResponse: refuseUnknownRoute,
  });
  return middy<APIGatewayProxyEventV2, Result, Error, Context, Internal>()
    .before(noteStart)
    .after(logCall)
    .onError(answerError)
    .handler(router);
}

function serve(route: Route, endpoints: Endpoints, authenticate: Authenticate) {
  const endpoint = endpoints[`${route.method} ${route.path}`];
  if (!endpoint) throw new Error(`No endpoint serves ${route.method} ${route.path}.`);
  return async (event: APIGatewayProxyEventV2): Promise<Result> => {
    const request = readRequest(event);
    return writeResponse(await answer(endpoint, request, authenticate), request.requestId);
  };
}

async function answer(endpoint: Endpoint, request: ApiRequest, authenticate: Authenticate): Promise<ApiResponse> {
  if (request.body.byteLength > MAX_BODY_BYTES) {
    throw new ApiError('PAYLOAD_TOO_LARGE', `The body is larger than ${MAX_BODY_BYTES} bytes`);
  }
  if (endpoint.public) return endpoint.handle(request);
  return endpoint.handle(request, await authenticate(request, endpoint.scope));
}

const PATHS = [...new Set(ROUTES.map(({ path }) => path))];

/**
 * Refusals of the paths that a route would otherwise take for one with an id in it: `GET /api/deliveries/{id}` is no way
 * to read `/api/deliveries/bulk-replay`, which takes POST only.
 */
function literalPathsWithin({ method, path: template }: Route) {
  if (parametersIn(template) === 0) return [];
  return PATHS.filter((path) => path !== template && fits(template, path))
    .filter((path) => !ROUTES.some((route) => route.method === method && route.path === path))
    .map((path) => ({ method, path, handler: refuseMethod }));
}

const refuseMethod = ({ requestContext }: APIGatewayProxyEventV2): Promise<Result> =>
  refuseUnknownRoute(requestContext.http);

/** What no route serves: 405 where the path is known with other methods, else 404. */
function refuseUnknownRoute({ method, path }: { method: string; path: string }): never {
  const allowed = methodsOf(path);
  if (allowed.length === 0) throw new ApiError('RESOURCE_NOT_FOUND', `There is nothing at ${path}`);
  const allow = allowed.join(', ');
  throw new ApiError('METHOD_NOT_ALLOWED', `${path} does not take ${method}, only ${allow}`, { allow });
}

/** The methods that a path takes: of the templates that it fits, the one with the fewest parameters counts. */
function methodsOf(path: string): readonly string[] {
  const fitting = ROUTES.filter((route) => fits(route.path, path));
  const fewest = Math.min(...fitting.map((route) => parametersIn(route.path)));
  return fitting.filter((route) => parametersIn(route.path) === fewest).map((route) => route.method);
}

const parametersIn = (template: string): number => segmentsOf(template).filter(isParameter).length;

const isParameter = (segment: string): boolean => segment.startsWith('{');

/** Whether a path is one of a template's. No regular expression: a start would compile one for each route. */
function fits(template: string, path: string): boolean {
  const [wanted, given] = [segmentsOf(template), segmentsOf(path)];
  if (wanted.length !== given.length) return false;
  return wanted.every((segment, at) => (isParameter(segment) ? given[at] !== '' : given[at] === segment));
}

const splitPaths = new Map(PATHS.map((path) => [path, path.split('/')]));

const segmentsOf = (path: string): readonly string[] => splitPaths.get(path) ?? path.split('/');

interface Internal extends Record<string, unknown> {
  startedAt?: number;
}

type Call = middy.Request<APIGatewayProxyEventV2, Result, Error, Context, Internal>;

function noteStart({ internal }: Call): void {
  internal.startedAt = performance.now();
}

/** One wide line for each call. It holds no body, no query and no key. */
function logCall({ event, response, internal }: Call): void {
  const { requestId, http } = event.requestContext;
  const durationMs = Math.round(performance.now() - Number(internal.startedAt));
  logger.info('http call', {
    method: http.method,
    route: event.routeKey,
    requestId,
    status: response?.statusCode,
    durationMs,
  });
}

/** Turns what an endpoint threw into an answer, in one place. A failure of ours is logged and shown as nothing but that. */
function answerError(call: Call): void {
  const { event, error } = call;
  const { requestId } = event.requestContext;
  const refusal = error instanceof ApiError ? error : internalError();
  if (refusal !== error && error) logger.error('call failed', { requestId, error });
  call.response = writeResponse(errorResponse(refusal, event.rawPath), requestId);
  logCall(call);
}
