import { createAuthenticate } from '../../http/authentication';
import { createHttpHandler, type EndpointsOf } from '../../http/endpoint';
import { defaultLimits, readEnvironment } from '../../runtime/environment';
import { openTable } from '../../store/table/table';

const environment = readEnvironment('manage');
const table = openTable(environment.TABLE_NAME);
const rules = { allowPlainHttp: environment.ALLOW_PLAIN_HTTP, allowLoopback: environment.ALLOW_LOOPBACK };

// Imported with the first call that needs it: a start reads none of them.
const sources = () => import('./sources');
const destinations = () => import('./destinations');
const connections = () => import('./connections');
const keys = () => import('./api-keys');
const session = () => import('./session');

const endpoints: EndpointsOf<'manage'> = {
  'POST /v1/sources': async (...call) => (await sources()).createSource(table, ...call),
  'GET /v1/sources': async (...call) => (await sources()).showSources(table, ...call),
  'GET /v1/sources/{id}': async (...call) => (await sources()).showSource(table, ...call),
  'GET /v1/sources/templates': async () => (await sources()).showTemplates(),
  'PATCH /v1/sources/{id}': async (...call) => (await sources()).patchSource(table, ...call),
  'DELETE /v1/sources/{id}': async (...call) => (await sources()).deleteSource(table, ...call),
  'POST /v1/destinations': async (...call) => (await destinations()).createDestination(table, rules, ...call),
  'GET /v1/destinations': async (...call) => (await destinations()).showDestinations(table, ...call),
  'GET /v1/destinations/{id}': async (...call) => (await destinations()).showDestination(table, ...call),
  'PATCH /v1/destinations/{id}': async (...call) => (await destinations()).patchDestination(table, rules, ...call),
  'DELETE /v1/destinations/{id}': async (...call) => (await destinations()).deleteDestination(table, ...call),
  'POST /v1/destinations/{id}/rotate-secret': async (...call) =>
    (await import('./rotate-secret')).rotateSecret(table, ...call, Date.now()),
  'POST /v1/destinations/{id}/pause': async (...call) =>
    (await destinations()).changeDestinationStatus(table, ...call, 'paused'),
  'POST /v1/destinations/{id}/resume': async (...call) =>
    (await destinations()).changeDestinationStatus(table, ...call, 'active'),
  'POST /v1/connections': async (...call) => (await connections()).createConnection(table, ...call),
  'GET /v1/connections': async (...call) => (await connections()).showConnections(table, ...call),
  'GET /v1/connections/{id}': async (...call) => (await connections()).showConnection(table, ...call),
  'PATCH /v1/connections/{id}': async (...call) => (await connections()).patchConnection(table, ...call),
  'DELETE /v1/connections/{id}': async (...call) => (await connections()).deleteConnection(table, ...call),
  'POST /v1/api-keys': async (...call) => (await keys()).createKey(table, ...call, Date.now()),
  'GET /v1/api-keys': async (...call) => (await keys()).showKeys(table, ...call),
  'DELETE /v1/api-keys/{id}': async (...call) => (await keys()).deleteKey(table, ...call, Date.now()),
  'POST /v1/session': async (_, caller) => (await session()).createSession(table, caller, Date.now()),
  'GET /v1/session': async (_, caller) => (await session()).showSession(caller),
  'DELETE /v1/session': async (_, caller) => (await session()).deleteSession(table, caller),
};

/** HTTP: sources, destinations, connections, API keys and sessions. */
export const handler = createHttpHandler<'manage'>(
  endpoints,
  createAuthenticate(table, Date.now, defaultLimits(environment)),
);
