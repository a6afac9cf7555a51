import { defaultLimits, readEnvironment } from '../environment';
import { createAuthenticate } from '../http/authentication';
import { createHttpHandler } from '../http/endpoint';
import { health } from '../http/health';
import { openTable } from '../store/table';
import { resetCircuit, showCircuit } from './circuit';
import { showEvent, showEvents } from './events';
import { retry, showDeliveries, showDelivery } from './hookbase-deliveries';
import { showOverview, showVolume } from './metrics';
import { retryWholeEvent } from './retry-event';
import { showOrganizationStatistics, showStatistics } from './statistics';

const environment = readEnvironment('api');
const table = openTable(environment.TABLE_NAME);
const deps = { table, shards: environment.TIMELINE_SHARDS, now: Date.now };

/** HTTP: reading events and deliveries, retrying them, and whatever no other route serves. */
export const handler = createHttpHandler(
  'api',
  {
    'GET /health': health,
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
    'GET /api/deliveries': { scope: 'read', handle: (request, caller) => showDeliveries(deps, request, caller) },
    'GET /api/deliveries/{id}': { scope: 'read', handle: (request, caller) => showDelivery(deps, request, caller) },
    'POST /api/deliveries/{id}/retry': { scope: 'write', handle: (request, caller) => retry(deps, request, caller) },
  },
  createAuthenticate(table, Date.now, defaultLimits(environment)),
);
