import type { Needs } from '../../http/authentication';

type Scopes = Readonly<Record<string, Needs>>;

/** Scopes of the surfaces' routes, apart from what serves them, which is loaded with the first call. */
export const recoveries: Scopes = {
  'POST /v1/recoveries': 'write',
  'GET /v1/recoveries': 'read',
  'GET /v1/recoveries/{id}': 'read',
  'POST /v1/recoveries/{id}/cancel': 'write',
};

export const hookstream: Scopes = {
  'GET /v1/delivery-attempts': 'read',
  'GET /v1/delivery-attempts/{id}': 'read',
  'POST /v1/delivery-attempts/{id}/retry': 'write',
};

export const deliveryItems: Scopes = {
  'GET /v1/delivery/items': 'read',
  'GET /v1/delivery/items/{id}': 'read',
  'POST /v1/delivery/items/{id}/replay': 'write',
};

const deliveries = (path: string): Scopes => ({
  [`GET ${path}`]: 'read',
  [`GET ${path}/{id}`]: 'read',
  [`POST ${path}/{id}/retry`]: 'write',
  [`GET ${path}/dead-letter`]: 'read',
  [`POST ${path}/dead-letter/{id}/requeue`]: 'write',
  [`DELETE ${path}/dead-letter/{id}`]: 'delete',
});

export const hookbase: Scopes = { ...deliveries('/api/deliveries'), 'POST /api/deliveries/bulk-replay': 'write' };

export const webhookRelay: Scopes = deliveries('/api/organizations/{orgId}/deliveries');
