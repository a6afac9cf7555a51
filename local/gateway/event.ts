import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { ACCOUNT_ID } from '../template/template';
import type { RouteMatch } from './routes';

export const API_ID = 'local';

/** A request as it came in. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path and query as the client wrote them. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly sourceIp: string;
  readonly port: number;
}

/**
 * Content types that reach a function as text; everything else, or no content type, comes as base64. AWS does not
 * document the list; it was measured on HTTP APIs.
 *
 * @see https://github.com/ministackorg/ministack/pull/766
 */
const TEXT_TYPES = /^(?:text\/.+|application\/(?:json|javascript|xml))$/;

/** The path as an HTTP API routes it and passes it on: percent-decoded. Undefined if it cannot be decoded. */
export function decodedPath(url: string): string | undefined {
  try {
    return decodeURIComponent(url.replace(/\?.*$/s, ''));
  } catch {
    return undefined;
  }
}

/**
 * The event that a function gets for an HTTP request: payload format 2.0.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function toEvent(
  request: ReceivedRequest,
  { target, pathParameters }: RouteMatch,
  now: Date,
): APIGatewayProxyEventV2 {
  const { method, url, headers } = request;
  const path = decodedPath(url) ?? '/';
  const rawQueryString = url.includes('?') ? url.slice(url.indexOf('?') + 1) : '';
  const cookies = headers.cookie?.split(/;\s*/).filter((cookie) => cookie !== '');
  return {
    version: '2.0',
    routeKey: target.routeKey,
    rawPath: path,
    rawQueryString,
    ...(cookies && { cookies }),
    headers: eventHeaders(request),
    ...(rawQueryString !== '' && { queryStringParameters: queryParameters(rawQueryString) }),
    requestContext: {
      accountId: ACCOUNT_ID,
      apiId: API_ID,
      domainName: headers.host ?? '',
      domainPrefix: API_ID,
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: request.sourceIp, userAgent: headers['user-agent'] ?? '' },
      requestId: randomUUID(),
      routeKey: target.routeKey,
      stage: '$default',
      time: commonLogTime(now),
      timeEpoch: now.getTime(),
    },
    ...(Object.keys(pathParameters).length > 0 && { pathParameters: { ...pathParameters } }),
    ...eventBody(request),
  };
}

function eventBody({ body, headers }: ReceivedRequest): { body?: string; isBase64Encoded: boolean } {
  if (body.length === 0) return { isBase64Encoded: false };
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  // Bytes that are not UTF-8 would not survive as text, so they are passed on as base64.
  if (TEXT_TYPES.test(type) && isUtf8(body)) return { body: body.toString('utf8'), isBase64Encoded: false };
  return { body: body.toString('base64'), isBase64Encoded: true };
}

const isUtf8 = (body: Buffer): boolean => Buffer.from(body.toString('utf8'), 'utf8').equals(body);

function eventHeaders({ headers, sourceIp, port }: ReceivedRequest): Record<string, string> {
  const { cookie, connection, 'transfer-encoding': chunked, ...kept } = headers;
  const given = Object.entries(kept).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(',') : (value ?? ''),
  ]);
  return {
    ...Object.fromEntries(given),
    'x-amzn-trace-id': `Root=1-${Math.floor(Date.now() / 1000).toString(16)}-${randomUUID().replaceAll('-', '').slice(0, 24)}`,
    'x-forwarded-for': [headers['x-forwarded-for'], sourceIp].flat().filter(Boolean).join(', '),
    'x-forwarded-port': String(port),
    'x-forwarded-proto': 'http',
  };
}

function queryParameters(rawQueryString: string): Record<string, string> {
  const values = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(rawQueryString))
    values.set(name, [...(values.get(name) ?? []), value]);
  return Object.fromEntries([...values].map(([name, all]) => [name, all.join(',')]));
}

/** `12/Mar/2020:19:03:58 +0000` */
function commonLogTime(now: Date): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+) GMT$/.exec(now.toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
}
