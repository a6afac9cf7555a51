import type { Needs } from './authentication';

/** The functions that answer HTTP calls. */
export type HttpFunction = 'ingest' | 'api' | 'manage';

/** The APIs that routes belong to. Each has words of its own, in which its calls are refused. */
export type Surface = 'management' | 'hookstream' | 'delivery-items' | 'hookbase' | 'webhook-relay';

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';

/**
 * One route.
 *
 * @param path a template as API Gateway writes it: `/v1/events/{id}`
 * @param fn the function that serves it
 * @param scope what a call needs
 */
const route = <
  const M extends Method,
  const P extends string,
  const F extends HttpFunction,
  const N extends Needs | 'no key',
  const S extends Surface,
>(
  method: M,
  path: P,
  fn: F,
  scope: N,
  surface: S,
) => ({ key: `${method} ${path}` as const, method, path, function: fn, scope, surface });

/** The routes that both surfaces of deliveries have. */
const deliveryRoutes = <const P extends string, const S extends Surface>(path: P, surface: S) =>
  [
    route('GET', path, 'api', 'read', surface),
    route('GET', `${path}/dead-letter`, 'api', 'read', surface),
    route('POST', `${path}/dead-letter/{id}/requeue`, 'api', 'write', surface),
    route('DELETE', `${path}/dead-letter/{id}`, 'api', 'delete', surface),
    route('GET', `${path}/{id}`, 'api', 'read', surface),
    route('POST', `${path}/{id}/retry`, 'api', 'write', surface),
  ] as const;

/**
 * Every route of the HTTP API. The gateway, the functions, scopes, refusals and the OpenAPI document follow from this table,
 * and the compiler holds them to it. Anything else reaches `api` through `$default`, which answers 404 or 405.
 */
export const ROUTES = [
  route('GET', '/health', 'api', 'no key', 'management'),
  route('GET', '/openapi.json', 'api', 'no key', 'management'),

  route('POST', '/v1/events', 'ingest', 'write', 'management'),
  route('POST', '/v1/events/batch', 'ingest', 'write', 'management'),
  route('POST', '/v1/ingest/{sourceId}', 'ingest', 'no key', 'management'),

  route('GET', '/v1/events', 'api', 'read', 'management'),
  route('GET', '/v1/events/{id}', 'api', 'read', 'management'),

  route('POST', '/v1/sources', 'manage', 'write', 'management'),
  route('GET', '/v1/sources', 'manage', 'read', 'management'),
  route('GET', '/v1/sources/templates', 'manage', 'read', 'management'),
  route('GET', '/v1/sources/{id}', 'manage', 'read', 'management'),
  route('PATCH', '/v1/sources/{id}', 'manage', 'write', 'management'),
  route('DELETE', '/v1/sources/{id}', 'manage', 'delete', 'management'),
  route('POST', '/v1/destinations', 'manage', 'write', 'management'),
  route('GET', '/v1/destinations', 'manage', 'read', 'management'),
  route('GET', '/v1/destinations/{id}', 'manage', 'read', 'management'),
  route('PATCH', '/v1/destinations/{id}', 'manage', 'write', 'management'),
  route('DELETE', '/v1/destinations/{id}', 'manage', 'delete', 'management'),
  route('POST', '/v1/destinations/{id}/rotate-secret', 'manage', 'write', 'management'),
  route('POST', '/v1/destinations/{id}/pause', 'manage', 'write', 'management'),
  route('POST', '/v1/destinations/{id}/resume', 'manage', 'write', 'management'),
  route('POST', '/v1/connections', 'manage', 'write', 'management'),
  route('GET', '/v1/connections', 'manage', 'read', 'management'),
  route('GET', '/v1/connections/{id}', 'manage', 'read', 'management'),
  route('PATCH', '/v1/connections/{id}', 'manage', 'write', 'management'),
  route('DELETE', '/v1/connections/{id}', 'manage', 'delete', 'management'),

  route('POST', '/v1/api-keys', 'manage', 'write', 'management'),
  route('GET', '/v1/api-keys', 'manage', 'read', 'management'),
  route('DELETE', '/v1/api-keys/{id}', 'manage', 'delete', 'management'),
  route('POST', '/v1/session', 'manage', 'any key', 'management'),
  route('GET', '/v1/session', 'manage', 'any key', 'management'),
  route('DELETE', '/v1/session', 'manage', 'any key', 'management'),

  route('GET', '/v1/destinations/{id}/circuit', 'api', 'read', 'management'),
  route('POST', '/v1/destinations/{id}/circuit/reset', 'api', 'write', 'management'),
  route('POST', '/v1/events/{id}/retry', 'api', 'write', 'management'),

  route('POST', '/v1/recoveries', 'api', 'write', 'management'),
  route('GET', '/v1/recoveries', 'api', 'read', 'management'),
  route('GET', '/v1/recoveries/{id}', 'api', 'read', 'management'),
  route('POST', '/v1/recoveries/{id}/cancel', 'api', 'write', 'management'),

  route('GET', '/v1/metrics/overview', 'api', 'read', 'management'),
  route('GET', '/v1/metrics/volume', 'api', 'read', 'management'),

  route('GET', '/api/deliveries/stats', 'api', 'read', 'hookbase'),
  route('GET', '/api/organizations/{orgId}/deliveries/stats', 'api', 'read', 'webhook-relay'),

  route('GET', '/v1/delivery-attempts', 'api', 'read', 'hookstream'),
  route('GET', '/v1/delivery-attempts/{id}', 'api', 'read', 'hookstream'),
  route('POST', '/v1/delivery-attempts/{id}/retry', 'api', 'write', 'hookstream'),

  route('GET', '/v1/delivery/items', 'api', 'read', 'delivery-items'),
  route('GET', '/v1/delivery/items/{id}', 'api', 'read', 'delivery-items'),
  route('POST', '/v1/delivery/items/{id}/replay', 'api', 'write', 'delivery-items'),

  ...deliveryRoutes('/api/deliveries', 'hookbase'),
  route('POST', '/api/deliveries/bulk-replay', 'api', 'write', 'hookbase'),
  ...deliveryRoutes('/api/organizations/{orgId}/deliveries', 'webhook-relay'),
] as const;

export type Route = (typeof ROUTES)[number];

/** A route as API Gateway names it: `GET /v1/events/{id}`. */
export type RouteKey = Route['key'];

/** The routes that a function serves. */
export type RoutesOf<F extends HttpFunction> = Extract<Route, { function: F }>['key'];

type Under<P extends string, K> = K extends `${infer M} ${infer Rest}`
  ? `${M} ${P}${Rest}`
  : K extends Method
    ? `${K} ${P}`
    : never;

/**
 * Writes what two paths have in common once: `under('/api/deliveries', { 'GET /{id}': it })` is
 * `{ 'GET /api/deliveries/{id}': it }`.
 */
export function under<const P extends string, T extends object>(path: P, group: T) {
  const entries = Object.entries(group).map(([key, value]): [string, T[keyof T]] => {
    const [method, rest = ''] = key.split(' ');
    return [`${method} ${path}${rest}`, value];
  });
  return Object.fromEntries(entries) as { [K in keyof T as Under<P, K>]: T[K] };
}
