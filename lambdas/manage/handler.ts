import { readEnvironment } from '../environment';
import { createAuthenticate } from '../http/authentication';
import { createHttpHandler } from '../http/endpoint';
import { openTable } from '../store/table';
import { createConnection, showConnection, showConnections } from './connections';
import { changeDestinationStatus, createDestination, showDestination, showDestinations } from './destinations';
import { createSource, showSource, showSources } from './sources';
import { withActivity } from './with-activity';

const environment = readEnvironment('manage');
const table = openTable(environment.TABLE_NAME);
const rules = { allowPlainHttp: environment.ALLOW_PLAIN_HTTP, allowLoopback: environment.ALLOW_LOOPBACK };

/** HTTP: sources, destinations and connections. */
export const handler = createHttpHandler(
  'manage',
  withActivity(table, {
    'POST /v1/sources': { scope: 'write', handle: (request, caller) => createSource(table, request, caller) },
    'GET /v1/sources': { scope: 'read', handle: (_, caller) => showSources(table, caller) },
    'GET /v1/sources/{id}': { scope: 'read', handle: (request, caller) => showSource(table, request, caller) },
    'POST /v1/destinations': {
      scope: 'write',
      handle: (request, caller) => createDestination(table, rules, request, caller),
    },
    'GET /v1/destinations': { scope: 'read', handle: (_, caller) => showDestinations(table, caller) },
    'GET /v1/destinations/{id}': {
      scope: 'read',
      handle: (request, caller) => showDestination(table, request, caller),
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
    'GET /v1/connections': { scope: 'read', handle: (_, caller) => showConnections(table, caller) },
    'GET /v1/connections/{id}': { scope: 'read', handle: (request, caller) => showConnection(table, request, caller) },
  }),
  createAuthenticate(table, Date.now),
);
