import { createAuthenticate } from '../../http/authentication';
import { createHttpHandler } from '../../http/endpoint';
import { health } from '../../http/health';
import { onFirstCall } from '../../http/on-first-call';
import { showOpenApi } from '../../http/openapi';
import { defaultLimits, readEnvironment } from '../../runtime/environment';
import { openTable } from '../../store/table/table';
import { knownLetters, knownTotals } from './known-totals';
import * as scopes from './scopes';

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
    'GET /v1/events': {
      scope: 'read',
      handle: async (request, caller) => (await import('./events')).showEvents(deps, request, caller),
    },
    'GET /v1/events/{id}': {
      scope: 'read',
      handle: async (request, caller) => (await import('./events')).showEvent(deps, request, caller),
    },
    'GET /v1/metrics/overview': {
      scope: 'read',
      handle: async (request, caller) => (await import('./metrics')).showOverview(deps, request, caller),
    },
    'GET /v1/metrics/volume': {
      scope: 'read',
      handle: async (request, caller) => (await import('./metrics')).showVolume(deps, request, caller),
    },
    'GET /api/deliveries/stats': {
      scope: 'read',
      handle: async (request, caller) => (await import('./statistics')).showStatistics(deps, request, caller),
    },
    'GET /api/organizations/{orgId}/deliveries/stats': {
      scope: 'read',
      handle: async (request, caller) =>
        (await import('./statistics')).showOrganizationStatistics(deps, request, caller),
    },
    'POST /v1/events/{id}/retry': {
      scope: 'write',
      handle: async (request, caller) => (await import('./retry-event')).retryWholeEvent(deps, request, caller),
    },
    'GET /v1/destinations/{id}/circuit': {
      scope: 'read',
      handle: async (request, caller) => (await import('./circuit')).showCircuit(deps, request, caller),
    },
    'POST /v1/destinations/{id}/circuit/reset': {
      scope: 'write',
      handle: async (request, caller) => (await import('./circuit')).resetCircuit(deps, request, caller),
    },
    ...onFirstCall(scopes.recoveries, async () => (await import('./recoveries')).recoveryEndpoints(deps)),
    ...onFirstCall(scopes.hookstream, async () => (await import('./surfaces/hookstream')).hookstreamEndpoints(deps)),
    ...onFirstCall(scopes.deliveryItems, async () =>
      (await import('./surfaces/delivery-items')).deliveryItemsEndpoints(deps),
    ),
    ...onFirstCall(scopes.hookbase, async () => (await import('./surfaces/hookbase')).hookbaseEndpoints(deps)),
    ...onFirstCall(scopes.webhookRelay, async () =>
      (await import('./surfaces/webhook-relay')).webhookRelayEndpoints(deps),
    ),
  },
  createAuthenticate(table, Date.now, defaultLimits(environment)),
);
