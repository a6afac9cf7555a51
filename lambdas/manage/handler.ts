import { defaultLimits, readEnvironment } from '../environment';
import { createAuthenticate } from '../http/authentication';
import { createHttpHandler } from '../http/endpoint';
import { openTable } from '../store/table';
import { createKey, deleteKey, showKeys } from './api-keys';
import { createConnection, deleteConnection, patchConnection, showConnection, showConnections } from './connections';
import {
  changeDestinationStatus,
  createDestination,
  deleteDestination,
  patchDestination,
  showDestination,
  showDestinations,
} from './destinations';
import { rotateSecret } from './rotate-secret';
import { createSession, deleteSession, showSession } from './session';
import { createSource, deleteSource, patchSource, showSource, showSources, showTemplates } from './sources';
import { withActivity } from './with-activity';

const environment = readEnvironment('manage');
const table = openTable(environment.TABLE_NAME);
const rules = { allowPlainHttp: environment.ALLOW_PLAIN_HTTP, allowLoopback: environment.ALLOW_LOOPBACK };

/** HTTP: sources, destinations, connections, API keys and sessions. */
export const handler = createHttpHandler(
  'manage',
  withActivity(table, {
    'POST /v1/sources': { scope: 'write', handle: (request, caller) => createSource(table, request, caller) },
    'GET /v1/sources': { scope: 'read', handle: (request, caller) => showSources(table, request, caller) },
    'GET /v1/sources/{id}': { scope: 'read', handle: (request, caller) => showSource(table, request, caller) },
    'GET /v1/sources/templates': { scope: 'read', handle: showTemplates },
    'PATCH /v1/sources/{id}': { scope: 'write', handle: (request, caller) => patchSource(table, request, caller) },
    'DELETE /v1/sources/{id}': { scope: 'delete', handle: (request, caller) => deleteSource(table, request, caller) },
    'POST /v1/destinations': {
      scope: 'write',
      handle: (request, caller) => createDestination(table, rules, request, caller),
    },
    'GET /v1/destinations': { scope: 'read', handle: (request, caller) => showDestinations(table, request, caller) },
    'GET /v1/destinations/{id}': {
      scope: 'read',
      handle: (request, caller) => showDestination(table, request, caller),
    },
    'PATCH /v1/destinations/{id}': {
      scope: 'write',
      handle: (request, caller) => patchDestination(table, rules, request, caller),
    },
    'DELETE /v1/destinations/{id}': {
      scope: 'delete',
      handle: (request, caller) => deleteDestination(table, request, caller),
    },
    'POST /v1/destinations/{id}/rotate-secret': {
      scope: 'write',
      handle: (request, caller) => rotateSecret(table, request, caller, Date.now()),
    },
    'POST /v1/destinations/{id}/pause': {
      scope: 'write',
      handle: (request, caller) => changeDestinationStatus(table, request, caller, 'paused'),
    },
    'POST /v1/destinations/{id}/resume': {
      scope: 'write',
      handle: (request, caller) => changeDestinationStatus(table, request, caller, 'active'),
    },
    'POST /v1/connections': { scope: 'write', handle: (request, caller) => createConnection(table, request, caller) },
    'GET /v1/connections': { scope: 'read', handle: (request, caller) => showConnections(table, request, caller) },
    'GET /v1/connections/{id}': { scope: 'read', handle: (request, caller) => showConnection(table, request, caller) },
    'PATCH /v1/connections/{id}': {
      scope: 'write',
      handle: (request, caller) => patchConnection(table, request, caller),
    },
    'DELETE /v1/connections/{id}': {
      scope: 'delete',
      handle: (request, caller) => deleteConnection(table, request, caller),
    },
    'POST /v1/api-keys': {
      scope: 'write',
      handle: (request, caller) => createKey(table, request, caller, Date.now()),
    },
    'GET /v1/api-keys': { scope: 'read', handle: (_, caller) => showKeys(table, caller) },
    'DELETE /v1/api-keys/{id}': {
      scope: 'delete',
      handle: (request, caller) => deleteKey(table, request, caller, Date.now()),
    },
    'POST /v1/session': { scope: 'any key', handle: (_, caller) => createSession(table, caller, Date.now()) },
    'GET /v1/session': { scope: 'any key', handle: (_, caller) => showSession(caller) },
    'DELETE /v1/session': { scope: 'any key', handle: (_, caller) => deleteSession(table, caller) },
  }),
  createAuthenticate(table, Date.now, defaultLimits(environment)),
);
