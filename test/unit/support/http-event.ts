import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { ROUTES } from '../../../lambdas/http/routes';
import { createRouter } from '../../../local/gateway/routes';

export interface Call {
  readonly method?: string;
  readonly path: string;
  readonly route?: string;
  readonly params?: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly headers?: Record<string, string>;
  /** Sent as JSON unless it is text or bytes. */
  readonly body?: unknown;
  /** Whether API Gateway hands the body over in base64, as it does with binary content. */
  readonly base64?: boolean;
}

const router = createRouter(
  [...ROUTES.map(({ key }) => key), '$default'].map((routeKey) => ({ routeKey, functionName: '', timeoutMs: 0 })),
);

/** A call as API Gateway hands it to a function (payload format 2.0): with the route that it found, and its parameters. */
export function httpEvent({ method = 'GET', path, ...call }: Call): APIGatewayProxyEventV2 {
  const found = router(method, path);
  const routeKey = call.route ?? found?.target.routeKey ?? '$default';
  const params = call.params ?? found?.pathParameters ?? {};
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: new URLSearchParams(call.query).toString(),
    headers: { 'content-type': 'application/json', ...call.headers },
    ...(call.query && { queryStringParameters: call.query }),
    ...(Object.keys(params).length > 0 && { pathParameters: { ...params } }),
    requestContext: {
      accountId: '123456789012',
      apiId: 'api',
      domainName: 'api.example',
      domainPrefix: 'api',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '203.0.113.7', userAgent: 'test' },
      requestId: 'request-1',
      routeKey,
      stage: '$default',
      time: '04/Mar/2026:05:06:07 +0000',
      timeEpoch: 0,
    },
    ...bodyOf(call),
  };
}

function bodyOf({ body, base64 = false }: Omit<Call, 'path'>): { body?: string; isBase64Encoded: boolean } {
  if (body === undefined) return { isBase64Encoded: false };
  const bytes = body instanceof Uint8Array ? Buffer.from(body) : Buffer.from(textOf(body));
  return { body: bytes.toString(base64 ? 'base64' : 'utf8'), isBase64Encoded: base64 };
}

const textOf = (body: unknown): string => (typeof body === 'string' ? body : JSON.stringify(body));

/** The context of an invocation that has a minute left. */
export function lambdaContext(remainingMs = 60_000): Context {
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName: 'test',
    functionVersion: '1',
    invokedFunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:test',
    memoryLimitInMB: '256',
    awsRequestId: 'invocation-1',
    logGroupName: 'log',
    logStreamName: 'stream',
    getRemainingTimeInMillis: () => remainingMs,
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
  };
}
