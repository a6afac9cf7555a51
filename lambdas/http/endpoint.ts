import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { logger } from '../runtime/log';
import type { Authenticate, Principal } from './authentication';
import { errorResponse, internalError } from './error-bodies';
import { ApiError } from './errors';
import { type ApiRequest, type ApiResponse, readRequest, writeResponse } from './messages';
import { type RoutedCall, routeOf, surfaceOf } from './paths';
import type { HttpFunction, Route, RoutesOf } from './routes';

/** Bodies beyond 256 KiB are refused. */
export const MAX_BODY_BYTES = 262_144;

/** What serves a route for whoever has a key with its scope. */
export type Endpoint = (request: ApiRequest, caller: Principal) => Promise<ApiResponse>;

type PublicEndpoint = (request: ApiRequest) => Promise<ApiResponse>;

type PublicRoute = Extract<Route, { scope: 'no key' }>['key'];

/** What serves each route of a function. The compiler refuses a route without an endpoint, and an endpoint without a route. */
export type EndpointsOf<F extends HttpFunction> = {
  readonly [Key in RoutesOf<F>]: Key extends PublicRoute ? PublicEndpoint : Endpoint;
};

type AnyEndpoints = Partial<EndpointsOf<HttpFunction>>;

type Result = APIGatewayProxyStructuredResultV2;

/** Makes the handler of a function that answers HTTP: authentication, errors and the log line in one place. */
export function createHttpHandler<F extends HttpFunction>(endpoints: EndpointsOf<F>, authenticate: Authenticate) {
  const serve = async (event: APIGatewayProxyEventV2): Promise<Result> => {
    const route = routeOf(callOf(event));
    const request = readRequest(event);
    return writeResponse(await answer(route, endpoints, request, authenticate), request.requestId);
  };
  return middy<APIGatewayProxyEventV2, Result, Error, Context, Internal>()
    .before(noteStart)
    .after(logCall)
    .onError(answerError)
    .handler(serve);
}

const callOf = ({ routeKey, requestContext: { http } }: APIGatewayProxyEventV2): RoutedCall => ({ routeKey, ...http });

async function answer(
  route: Route,
  endpoints: AnyEndpoints,
  request: ApiRequest,
  authenticate: Authenticate,
): Promise<ApiResponse> {
  if (request.body.byteLength > MAX_BODY_BYTES) {
    throw new ApiError('PAYLOAD_TOO_LARGE', `The body is larger than ${MAX_BODY_BYTES} bytes`);
  }
  if (route.scope === 'no key') return (endpoints[route.key] ?? strayCall)(request);
  return (endpoints[route.key] ?? strayCall)(request, await authenticate(request, route.scope));
}

/** The gateway sends each function its own routes only. */
function strayCall({ method, path }: ApiRequest): never {
  throw new Error(`${method} ${path} is served by another function.`);
}

interface Internal extends Record<string, unknown> {
  startedAt?: number;
}

type Call = middy.Request<APIGatewayProxyEventV2, Result, Error, Context, Internal>;

function noteStart({ internal }: Call): void {
  internal.startedAt = performance.now();
}

/** One wide line for each call, without body, query or key. */
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

/** Turns whatever an endpoint threw into an answer. An internal error is logged and answered without details. */
function answerError(call: Call): void {
  const { event, error } = call;
  const { requestId } = event.requestContext;
  const refusal = error instanceof ApiError ? error : internalError();
  if (refusal !== error && error) logger.error('call failed', { requestId, error });
  call.response = writeResponse(errorResponse(refusal, surfaceOf(callOf(event))), requestId);
  logCall(call);
}
