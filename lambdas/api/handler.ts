import { readEnvironment } from '../environment';
import { createAuthenticate } from '../http/authentication';
import { createHttpHandler } from '../http/endpoint';
import { health } from '../http/health';
import { openTable } from '../store/table';
import { showEvent, showEvents } from './events';
import { deliveryItemsEndpoints } from './surfaces/delivery-items';
import { hookbaseEndpoints } from './surfaces/hookbase';
import { hookstreamEndpoints } from './surfaces/hookstream';
import { webhookRelayEndpoints } from './surfaces/webhook-relay';

const environment = readEnvironment('api');
const table = openTable(environment.TABLE_NAME);
const deps = {
  table,
  shards: environment.TIMELINE_SHARDS,
  retentionDays: environment.RETENTION_DAYS,
  bodyRetentionDays: environment.BODY_RETENTION_DAYS,
  now: Date.now,
};

/** HTTP: reading events, deliveries and attempts, retrying and replaying them, and whatever no other route serves. */
export const handler = createHttpHandler(
  'api',
  {
    'GET /health': health,
    'GET /v1/events': { scope: 'read', handle: (request, caller) => showEvents(deps, request, caller) },
    'GET /v1/events/{id}': { scope: 'read', handle: (request, caller) => showEvent(deps, request, caller) },
    ...hookstreamEndpoints(deps),
    ...deliveryItemsEndpoints(deps),
    ...hookbaseEndpoints(deps),
    ...webhookRelayEndpoints(deps),
  },
  createAuthenticate(table, Date.now),
);
