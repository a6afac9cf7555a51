/** The functions that answer HTTP calls. */
export type HttpFunction = 'ingest' | 'api' | 'manage';

/** One HTTP route: method, path template as API Gateway writes it (`{id}`), and the function that serves it. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly function: HttpFunction;
}

const route = (method: Route['method'], path: string, fn: HttpFunction): Route => ({ method, path, function: fn });

/** The routes of a surface that shows deliveries. Literal segments come first: functions take the first that fits. */
const deliveryRoutes = (path: string): Route[] => [
  route('GET', path, 'api'),
  route('GET', `${path}/dead-letter`, 'api'),
  route('POST', `${path}/dead-letter/{id}/requeue`, 'api'),
  route('DELETE', `${path}/dead-letter/{id}`, 'api'),
  route('GET', `${path}/{id}`, 'api'),
  route('POST', `${path}/{id}/retry`, 'api'),
];

/**
 * Every route of the HTTP API. The stack creates its routes from this list and the functions route by it, so that a
 * path cannot exist in one place only. Anything else reaches `api` through `$default`, which answers 404 or 405.
 */
export const ROUTES: readonly Route[] = [
  route('GET', '/health', 'api'),
  route('GET', '/openapi.json', 'api'),

  route('POST', '/v1/events', 'ingest'),
  route('POST', '/v1/events/batch', 'ingest'),
  route('POST', '/v1/ingest/{sourceId}', 'ingest'),

  route('GET', '/v1/events', 'api'),
  route('GET', '/v1/events/{id}', 'api'),

  route('POST', '/v1/sources', 'manage'),
  route('GET', '/v1/sources', 'manage'),
  route('GET', '/v1/sources/templates', 'manage'),
  route('GET', '/v1/sources/{id}', 'manage'),
  route('PATCH', '/v1/sources/{id}', 'manage'),
  route('DELETE', '/v1/sources/{id}', 'manage'),
  route('POST', '/v1/destinations', 'manage'),
  route('GET', '/v1/destinations', 'manage'),
  route('GET', '/v1/destinations/{id}', 'manage'),
  route('PATCH', '/v1/destinations/{id}', 'manage'),
  route('DELETE', '/v1/destinations/{id}', 'manage'),
  route('POST', '/v1/destinations/{id}/rotate-secret', 'manage'),
  route('POST', '/v1/destinations/{id}/pause', 'manage'),
  route('POST', '/v1/destinations/{id}/resume', 'manage'),
  route('POST', '/v1/connections', 'manage'),
  route('GET', '/v1/connections', 'manage'),
  route('GET', '/v1/connections/{id}', 'manage'),
  route('PATCH', '/v1/connections/{id}', 'manage'),
  route('DELETE', '/v1/connections/{id}', 'manage'),

  route('POST', '/v1/api-keys', 'manage'),
  route('GET', '/v1/api-keys', 'manage'),
  route('DELETE', '/v1/api-keys/{id}', 'manage'),
  route('POST', '/v1/session', 'manage'),
  route('GET', '/v1/session', 'manage'),
  route('DELETE', '/v1/session', 'manage'),

  route('GET', '/v1/destinations/{id}/circuit', 'api'),
  route('POST', '/v1/destinations/{id}/circuit/reset', 'api'),
  route('POST', '/v1/events/{id}/retry', 'api'),

  route('POST', '/v1/recoveries', 'api'),
  route('GET', '/v1/recoveries', 'api'),
  route('GET', '/v1/recoveries/{id}', 'api'),
  route('POST', '/v1/recoveries/{id}/cancel', 'api'),

  route('GET', '/v1/metrics/overview', 'api'),
  route('GET', '/v1/metrics/volume', 'api'),

  route('GET', '/api/deliveries/stats', 'api'),
  route('GET', '/api/organizations/{orgId}/deliveries/stats', 'api'),

  route('GET', '/v1/delivery-attempts', 'api'),
  route('GET', '/v1/delivery-attempts/{id}', 'api'),
  route('POST', '/v1/delivery-attempts/{id}/retry', 'api'),

  route('GET', '/v1/delivery/items', 'api'),
  route('GET', '/v1/delivery/items/{id}', 'api'),
  route('POST', '/v1/delivery/items/{id}/replay', 'api'),

  ...deliveryRoutes('/api/deliveries'),
  route('POST', '/api/deliveries/bulk-replay', 'api'),
  ...deliveryRoutes('/api/organizations/{orgId}/deliveries'),
];
