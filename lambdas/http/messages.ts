import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { invalid } from './errors';

/** A call, parsed from what API Gateway sends (payload format 2.0). */
export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  /** Path parameters, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Query parameters; API Gateway joins repeated ones with a comma. */
  readonly query: Readonly<Record<string, string>>;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** `name=value` pairs. */
  readonly cookies: readonly string[];
  /** The body byte for byte. */
  readonly body: Uint8Array;
  readonly requestId: string;
}

export interface ApiResponse {
  readonly status: number;
  /** Sent as JSON; absent with 204. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** `Set-Cookie` values. */
  readonly cookies?: readonly string[];
}

/** Without a prototype, so that nobody finds a header `constructor` that was not sent. */
function defined(record: Record<string, string | undefined> = {}): Record<string, string> {
  const given = Object.entries(record).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.setPrototypeOf(Object.fromEntries(given), null);
}

/** Reads a call. */
export function readRequest(event: APIGatewayProxyEventV2): ApiRequest {
  const { method } = event.requestContext.http;
  const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  refuseMangled(event, body.byteLength);
  return {
    method,
    path: event.rawPath,
    params: defined(event.pathParameters),
    query: defined(event.queryStringParameters),
    headers: defined(event.headers),
    cookies: event.cookies ?? [],
    body,
    requestId: event.requestContext.requestId,
  };
}

/**
 * API Gateway passes bodies on as text if the content type says so, and replaces bytes that are not UTF-8. That cannot
 * be undone, but it can be detected: the body no longer has the length that was sent.
 */
function refuseMangled({ isBase64Encoded, headers, body }: APIGatewayProxyEventV2, length: number): void {
  const sent = headers?.['content-length'];
  if (isBase64Encoded || !body?.includes('\ufffd')) return;
  if (sent === undefined || !/^\d+$/.test(sent) || Number(sent) === length) return;
  throw invalid('body', 'is not the UTF-8 that its content type promises; send bytes as application/octet-stream');
}

/** Writes an answer, with the request's id in a header. */
export function writeResponse(response: ApiResponse, requestId: string): APIGatewayProxyStructuredResultV2 {
  const cookies = response.cookies && { cookies: [...response.cookies] };
  const common = { 'x-request-id': requestId, ...response.headers };
  if (response.body === undefined) return { statusCode: response.status, headers: common, ...cookies };
  const headers = { 'content-type': 'application/json', ...common };
  return { statusCode: response.status, headers, ...cookies, body: JSON.stringify(response.body) };
}
