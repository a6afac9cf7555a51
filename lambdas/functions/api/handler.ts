import { createAuthenticate } from '../../http/authentication';
import { createHttpHandler, type Endpoint, type EndpointsOf } from '../../http/endpoint';
import { showOpenApi } from '../../http/openapi';
import { under } from '../../http/routes';
import { defaultLimits, readEnvironment } from '../../runtime/environment';
import { openTable } from '../../store/table/table';
import { knownLetters, knownTotals } from './known-totals';
import type { DeliverySurface } from './surfaces/deliveries';

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

// Imported with the first call that needs it: a start reads none of them.
const events = () => import('./events');
const circuit = () => import('./circuit');
const metrics = () => import('./metrics');
const statistics = () => import('./statistics');
const recoveries = () => import('./recoveries');
const hookstream = () => import('./surfaces/hookstream');
const items = () => import('./surfaces/delivery-items');
const deliveries = () => import('./surfaces/deliveries');

type Call = Parameters<Endpoint>;

/** What both surfaces that show deliveries have in common. */
const deliveriesOf = (surface: () => Promise<DeliverySurface>) => ({
  GET: async (...call: Call) => (await surface()).showDeliveries(deps, ...call),
  'GET /dead-letter': async (...call: Call) => (await surface()).showDeadLetters(deps, ...call),
  'POST /dead-letter/{id}/requeue': async (...call: Call) => (await surface()).requeueOne(deps, ...call),
  'DELETE /dead-letter/{id}': async (...call: Call) => (await surface()).deleteOne(deps, ...call),
  'GET /{id}': async (...call: Call) => (await surface()).showDelivery(deps, ...call),
  'POST /{id}/retry': async (...call: Call) => (await surface()).retryOne(deps, ...call),
});

const endpoints: EndpointsOf<'api'> = {
  'GET /health': async () => ({ status: 200, body: { status: 'ok' } }),
  'GET /openapi.json': showOpenApi,
  'GET /v1/events': async (...call) => (await events()).showEvents(deps, ...call),
  'GET /v1/events/{id}': async (...call) => (await events()).showEvent(deps, ...call),
  'POST /v1/events/{id}/retry': async (...call) => (await import('./retry-event')).retryWholeEvent(deps, ...call),
  'GET /v1/destinations/{id}/circuit': async (...call) => (await circuit()).showCircuit(deps, ...call),
  'POST /v1/destinations/{id}/circuit/reset': async (...call) => (await circuit()).resetCircuit(deps, ...call),
  'POST /v1/recoveries': async (...call) => (await recoveries()).startRecovery(deps, ...call),
  'GET /v1/recoveries': async (...call) => (await recoveries()).showRecoveries(deps, ...call),
  'GET /v1/recoveries/{id}': async (...call) => (await recoveries()).showRecovery(deps, ...call),
  'POST /v1/recoveries/{id}/cancel': async (...call) => (await recoveries()).stopRecovery(deps, ...call),
  'GET /v1/metrics/overview': async (...call) => (await metrics()).showOverview(deps, ...call),
  'GET /v1/metrics/volume': async (...call) => (await metrics()).showVolume(deps, ...call),
  'GET /v1/delivery-attempts': async (...call) => (await hookstream()).showAttempts(deps, ...call),
  'GET /v1/delivery-attempts/{id}': async (...call) => (await hookstream()).showAttempt(deps, ...call),
  'POST /v1/delivery-attempts/{id}/retry': async (...call) => (await hookstream()).retryAttempt(deps, ...call),
  'GET /v1/delivery/items': async (...call) => (await items()).showItems(deps, ...call),
  'GET /v1/delivery/items/{id}': async (...call) => (await items()).showItem(deps, ...call),
  'POST /v1/delivery/items/{id}/replay': async (...call) => (await items()).replayItem(deps, ...call),
  ...under(
    '/api/deliveries',
    deliveriesOf(async () => (await deliveries()).hookbase),
  ),
  'POST /api/deliveries/bulk-replay': async (...call) => (await deliveries()).replayMany(deps, ...call),
  'GET /api/deliveries/stats': async (...call) => (await statistics()).showStatistics(deps, ...call),
  ...under(
    '/api/organizations/{orgId}/deliveries',
    deliveriesOf(async () => (await deliveries()).webhookRelay),
  ),
  'GET /api/organizations/{orgId}/deliveries/stats': async (...call) =>
    (await statistics()).showOrganizationStatistics(deps, ...call),
};

/** HTTP: reading events, deliveries and attempts, retrying and replaying them, and whatever no other route serves. */
export const handler = createHttpHandler<'api'>(
  endpoints,
  createAuthenticate(table, Date.now, defaultLimits(environment)),
);
