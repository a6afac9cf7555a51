import { createAuthenticate } from '../../http/authentication';
import { createHttpHandler } from '../../http/endpoint';
import { defaultLimits, readEnvironment } from '../../runtime/environment';
import { openTable } from '../../store/table/table';

const environment = readEnvironment('manage');
const table = openTable(environment.TABLE_NAME);
const rules = { allowPlainHttp: environment.ALLOW_PLAIN_HTTP, allowLoopback: environment.ALLOW_LOOPBACK };

/** HTTP: sources, destinations, connections, API keys and sessions. */
export const handler = createHttpHandler(
  'manage',
  {
    'POST /v1/sources': {
      scope: 'write',
      handle: async (request, caller) => (await import('./sources')).createSource(table, request, caller),
    },
    'GET /v1/sources': {
      scope: 'read',
      handle: async (request, caller) => (await import('./sources')).showSources(table, request, caller),
    },
    'GET /v1/sources/{id}': {
      scope: 'read',
      handle: async (request, caller) => (await import('./sources')).showSource(table, request, caller),
    },
    'GET /v1/sources/templates': { scope: 'read', handle: async () => (await import('./sources')).showTemplates() },
    'PATCH /v1/sources/{id}': {
      scope: 'write',
      handle: async (request, caller) => (await import('./sources')).patchSource(table, request, caller),
    },
    'DELETE /v1/sources/{id}': {
      scope: 'delete',
      handle: async (request, caller) => (await import('./sources')).deleteSource(table, request, caller),
    },
    'POST /v1/destinations': {
      scope: 'write',
      handle: async (request, caller) =>
        (await import('./destinations')).createDestination(table, rules, request, caller),
    },
    'GET /v1/destinations': {
      scope: 'read',
      handle: async (request, caller) => (await import('./destinations')).showDestinations(table, request, caller),
    },
    'GET /v1/destinations/{id}': {
      scope: 'read',
      handle: async (request, caller) => (await import('./destinations')).showDestination(table, request, caller),
    },
    'PATCH /v1/destinations/{id}': {
      scope: 'write',
      handle: async (request, caller) =>
        (await import('./destinations')).patchDestination(table, rules, request, caller),
    },
    'DELETE /v1/destinations/{id}': {
      scope: 'delete',
      handle: async (request, caller) => (await import('./destinations')).deleteDestination(table, request, caller),
    },
    'POST /v1/destinations/{id}/rotate-secret': {
      scope: 'write',
      handle: async (request, caller) =>
        (await import('./rotate-secret')).rotateSecret(table, request, caller, Date.now()),
    },
    'POST /v1/destinations/{id}/pause': {
      scope: 'write',
      handle: async (request, caller) =>
        (await import('./destinations')).changeDestinationStatus(table, request, caller, 'paused'),
    },
    'POST /v1/destinations/{id}/resume': {
      scope: 'write',
      handle: async (request, caller) =>
        (await import('./destinations')).changeDestinationStatus(table, request, caller, 'active'),
    },
    'POST /v1/connections': {
      scope: 'write',
      handle: async (request, caller) => (await import('./connections')).createConnection(table, request, caller),
    },
    'GET /v1/connections': {
      scope: 'read',
      handle: async (request, caller) => (await import('./connections')).showConnections(table, request, caller),
    },
    'GET /v1/connections/{id}': {
      scope: 'read',
      handle: async (request, caller) => (await import('./connections')).showConnection(table, request, caller),
    },
    'PATCH /v1/connections/{id}': {
      scope: 'write',
      handle: async (request, caller) => (await import('./connections')).patchConnection(table, request, caller),
    },
    'DELETE /v1/connections/{id}': {
      scope: 'delete',
      handle: async (request, caller) => (await import('./connections')).deleteConnection(table, request, caller),
    },
    'POST /v1/api-keys': {
      scope: 'write',
      handle: async (request, caller) => (await import('./api-keys')).createKey(table, request, caller, Date.now()),
    },
    'GET /v1/api-keys': {
      scope: 'read',
      handle: async (request, caller) => (await import('./api-keys')).showKeys(table, request, caller),
    },
    'DELETE /v1/api-keys/{id}': {
      scope: 'delete',
      handle: async (request, caller) => (await import('./api-keys')).deleteKey(table, request, caller, Date.now()),
    },
    'POST /v1/session': {
      scope: 'any key',
      handle: async (_, caller) => (await import('./session')).createSession(table, caller, Date.now()),
    },
    'GET /v1/session': {
      scope: 'any key',
      handle: async (_, caller) => (await import('./session')).showSession(caller),
    },
    'DELETE /v1/session': {
      scope: 'any key',
      handle: async (_, caller) => (await import('./session')).deleteSession(table, caller),
    },
  },
  createAuthenticate(table, Date.now, defaultLimits(environment)),
);
