import { createAuthenticate } from '../../http/authentication';
import { createHttpHandler, type Endpoint, type EndpointsOf } from '../../http/endpoint';
import { under } from '../../http/routes';
import { defaultLimits, readEnvironment } from '../../runtime/environment';
import { openTable } from '../../store/table/table';
import { knownLetters, knownTotals } from './known-totals';
import type { DeliverySurface } from './surfaces/deliveries';

const environment = readEnvironment('api');
const table = openTable(environment.TABLE_NAME);
const ports = {
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
  GET: async (...call: Call) => (await surface()).showDeliveries(ports, ...call),
  'GET /dead-letter': async (...call: Call) => (await surface()).showDeadLetters(ports, ...call),
  'POST /dead-letter/{id}/requeue': async (...call: Call) => (await surface()).requeueOne(ports, ...call),
  'DELETE /dead-letter/{id}': async (...call: Call) => (await surface()).deleteOne(ports, ...call),
  'GET /{id}': async (...call: Call) => (await surface()).showDelivery(ports, ...call),
  'POST /{id}/retry': async (...call: Call) => (await surface()).retryOne(ports, ...call),
});

const endpoints: EndpointsOf<'api'> = {
  'GET /health': async () => ({ status: 200, body: { status: 'ok' } }),
  'GET /openapi.json': async () => {
    const { default: body } = await import('../../../docs/openapi.json');
    return { status: 200, body, headers: { 'cache-control': 'public, max-age=300' } };
  },
  'GET /v1/events': async (...call) => (await events()).showEvents(ports, ...call),
  'GET /v1/events/{id}': async (...call) => (await events()).showEvent(ports, ...call),
  'POST /v1/events/{id}/retry': async (...call) => (await import('./retry-event')).retryWholeEvent(ports, ...call),
  'GET /v1/destinations/{id}/circuit': async (...call) => (await circuit()).showCircuit(ports, ...call),
  'POST /v1/destinations/{id}/circuit/reset': async (...call) => (await circuit()).resetCircuit(ports, ...call),
  'POST /v1/recoveries': async (...call) => (await recoveries()).startRecovery(ports, ...call),
  'GET /v1/recoveries': async (...call) => (await recoveries()).showRecoveries(ports, ...call),
  'GET /v1/recoveries/{id}': async (...call) => (await recoveries()).showRecovery(ports, ...call),
  'POST /v1/recoveries/{id}/cancel': async (...call) => (await recoveries()).stopRecovery(ports, ...call),
  'GET /v1/metrics/overview': async (...call) => (await metrics()).showOverview(ports, ...call),
  'GET /v1/metrics/volume': async (...call) => (await metrics()).showVolume(ports, ...call),
  'GET /v1/delivery-attempts': async (...call) => (await hookstream()).showAttempts(ports, ...call),
  'GET /v1/delivery-attempts/{id}': async (...call) => (await hookstream()).showAttempt(ports, ...call),
  'POST /v1/delivery-attempts/{id}/retry': async (...call) => (await hookstream()).retryAttempt(ports, ...call),
  'GET /v1/delivery/items': async (...call) => (await items()).showItems(ports, ...call),
  'GET /v1/delivery/items/{id}': async (...call) => (await items()).showItem(ports, ...call),
  'POST /v1/delivery/items/{id}/replay': async (...call) => (await items()).replayItem(ports, ...call),
  ...under(
    '/api/deliveries',
    deliveriesOf(async () => (await deliveries()).hookbase),
  ),
  'POST /api/deliveries/bulk-replay': async (...call) => (await deliveries()).replayMany(ports, ...call),
  'GET /api/deliveries/stats': async (...call) => (await statistics()).showStatistics(ports, ...call),
  ...under(
    '/api/organizations/{orgId}/deliveries',
    deliveriesOf(async () => (await deliveries()).webhookRelay),
  ),
  'GET /api/organizations/{orgId}/deliveries/stats': async (...call) =>
    (await statistics()).showOrganizationStatistics(ports, ...call),
};

/** HTTP: events, deliveries and attempts, retries and replays, and everything that no other route serves. */
export const handler = createHttpHandler<'api'>(
  endpoints,
  createAuthenticate(table, Date.now, defaultLimits(environment)),
);
