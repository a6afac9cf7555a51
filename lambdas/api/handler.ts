import { defaultLimits, readEnvironment } from '../environment';
import { createAuthenticate } from '../http/authentication';
import { createHttpHandler } from '../http/endpoint';
import { health } from '../http/health';
import { showOpenApi } from '../http/openapi';
import { openTable } from '../store/table';
import { resetCircuit, showCircuit } from './circuit';
import { showEvent, showEvents } from './events';
import { knownLetters, knownTotals } from './known-totals';
import { showOverview, showVolume } from './metrics';
import { recoveryEndpoints } from './recoveries';
import { retryWholeEvent } from './retry-event';
import { showOrganizationStatistics, showStatistics } from './statistics';
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
  knownTotal: knownTotals(table),
  knownLetters: knownLetters(table),
  now: Date.now,
};

/** HTTP: reading events, deliveries and attempts, retrying and replaying them, and whatever no other route serves. */
export const handler = createHttpHandler(
  'api',
  {
    'GET /health': health,
    'GET /openapi.json': showOpenApi,
    'GET /v1/events': { scope: 'read', handle: (request, caller) => showEvents(deps, request, caller) },
    'GET /v1/events/{id}': { scope: 'read', handle: (request, caller) => showEvent(deps, request, caller) },
    'GET /v1/metrics/overview': { scope: 'read', handle: (request, caller) => showOverview(deps, request, caller) },
    'GET /v1/metrics/volume': { scope: 'read', handle: (request, caller) => showVolume(deps, request, caller) },
    'GET /api/deliveries/stats': { scope: 'read', handle: (request, caller) => showStatistics(deps, request, caller) },
    'GET /api/organizations/{orgId}/deliveries/stats': {
      scope: 'read',
      handle: (request, caller) => showOrganizationStatistics(deps, request, caller),
    },
    'POST /v1/events/{id}/retry': {
      scope: 'write',
      handle: (request, caller) => retryWholeEvent(deps, request, caller),
    },
    'GET /v1/destinations/{id}/circuit': {
      scope: 'read',
      handle: (request, caller) => showCircuit(deps, request, caller),
    },
    'POST /v1/destinations/{id}/circuit/reset': {
      scope: 'write',
      handle: (request, caller) => resetCircuit(deps, request, caller),
    },
    ...recoveryEndpoints(deps),
    ...hookstreamEndpoints(deps),
    ...deliveryItemsEndpoints(deps),
    ...hookbaseEndpoints(deps),
    ...webhookRelayEndpoints(deps),
  },
  createAuthenticate(table, Date.now, defaultLimits(environment)),
);
