import { type ConnectionNames, writeConnection } from '../dialects/management/wire';
import { newConfigurationId } from '../domain/identifiers';
import type { Principal } from '../http/authentication';
import { invalid, notFound } from '../http/errors';
import type { ApiRequest, ApiResponse } from '../http/messages';
import { parseJson, validate } from '../http/parse';
import { findInEnvironments, ownEnvironment, readableEnvironments } from '../http/tenant';
import {
  type Connection,
  getConnection,
  getDestination,
  getSource,
  listConnections,
  listDestinations,
  listSources,
  putConnection,
} from '../store/configuration';
import type { Table } from '../store/table';
import { connectionBody } from './schemas';

/** `POST /v1/connections` */
export async function createConnection(table: Table, request: ApiRequest, caller: Principal): Promise<ApiResponse> {
  const body = validate(connectionBody, parseJson(request.body).value);
  const { organization, environment } = ownEnvironment(caller, body);
  const source = body.source_id === undefined ? undefined : await getSource(table, environment, body.source_id);
  if (body.source_id !== undefined && !source) throw invalid('source_id', 'names no source of this environment');
  const destination = await getDestination(table, environment, body.destination_id);
  if (!destination) throw invalid('destination_id', 'names no destination of this environment');
  const now = Date.now();
  const at = new Date(now).toISOString();
  const connection: Connection = {
    id: newConfigurationId('con', now),
    ...{ organization, environment },
    name: body.name,
    ...(body.description && { description: body.description }),
    ...(source && { source: source.id }),
    destination: destination.id,
    filterRules: body.filter_rules,
    enabled: body.enabled,
    ...{ createdAt: at, updatedAt: at },
  };
  await putConnection(table, connection);
  const names = { source: source?.name, destination: destination.name };
  return { status: 201, body: { connection: writeConnection(connection, names) } };
}

/** `GET /v1/connections` */
export async function showConnections(table: Table, caller: Principal): Promise<ApiResponse> {
  const environments = await readableEnvironments(table, caller);
  const connections = await Promise.all(environments.map((environment) => describeAll(table, environment)));
  return { status: 200, body: { connections: connections.flat() } };
}

async function describeAll(table: Table, environment: string) {
  const [connections, sources, destinations] = await Promise.all([
    listConnections(table, environment),
    listSources(table, environment),
    listDestinations(table, environment),
  ]);
  const names = new Map([...sources, ...destinations].map(({ id, name }) => [id, name]));
  return connections.map((one) =>
    writeConnection(one, { source: names.get(one.source ?? ''), destination: names.get(one.destination) }),
  );
}

/** `GET /v1/connections/{id}` */
export async function showConnection(table: Table, { params }: ApiRequest, caller: Principal): Promise<ApiResponse> {
  const id = params.id ?? '';
  const connection = await findInEnvironments(table, caller, (environment) => getConnection(table, environment, id));
  if (!connection) throw notFound('Connection', id);
  return { status: 200, body: { connection: writeConnection(connection, await namesOf(table, connection)) } };
}

async function namesOf(table: Table, { environment, source, destination }: Connection): Promise<ConnectionNames> {
  const [from, to] = await Promise.all([
    source === undefined ? undefined : getSource(table, environment, source),
    getDestination(table, environment, destination),
  ]);
  return { source: from?.name, destination: to?.name };
}
