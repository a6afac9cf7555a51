import { type ConnectionNames, writeConnection } from '../../dialects/management/wire';
import { newConfigurationId } from '../../domain/identifiers';
import { type Principal, requireEnvironment } from '../../http/authentication';
import { ApiError, invalid, notFound } from '../../http/errors';
import type { ApiRequest, ApiResponse } from '../../http/messages';
import { parseJson, validate } from '../../http/parse';
import { findInEnvironments, ownEnvironment, readableEnvironments } from '../../http/tenant';
import { pageOfWhole } from '../../operations/whole-lists';
import { changeConnection } from '../../store/configuration/changes';
import {
  type Connection,
  getConnection,
  getDestination,
  getSource,
  listConnections,
  listDestinations,
  listSources,
  putConnection,
} from '../../store/configuration/configuration';
import { removeConnection } from '../../store/configuration/removal';
import type { Table } from '../../store/table/table';
import { connectionChange, connectionQuery } from './change-schemas';
import { changeOf, deleted } from './changes';
import { packedSchema } from './packed-schema';
import { connectionBody } from './schemas';

/** `POST /v1/connections` */
export async function createConnection(table: Table, request: ApiRequest, caller: Principal): Promise<ApiResponse> {
  const body = validate(connectionBody, parseJson(request.body).value);
  const { organization, environment } = ownEnvironment(caller, body);
  const schema = await packedSchema(body.schema);
  const joined = await readJoined(table, environment, body);
  const now = Date.now();
  const at = new Date(now).toISOString();
  const connection: Connection = {
    id: newConfigurationId('con', now),
    ...{ organization, environment },
    name: body.name,
    ...(body.description && { description: body.description }),
    ...(body.source_id && { source: body.source_id }),
    destination: body.destination_id,
    filterRules: body.filter_rules ?? [],
    ...(schema && { schema }),
    enabled: body.enabled,
    ...{ createdAt: at, updatedAt: at },
  };
  if (!(await putConnection(table, connection))) throw deletedMeanwhile();
  return { status: 201, body: { connection: writeConnection(connection, joined) } };
}

const deletedMeanwhile = () =>
  new ApiError('CONFLICT', 'The source or destination was deleted while the connection was being made');

interface Joined {
  readonly source_id?: string | null | undefined;
  readonly destination_id?: string | undefined;
}

/** Names of what a body joins. @throws ApiError 400 when one of them does not exist */
async function readJoined(table: Table, environment: string, body: Joined): Promise<ConnectionNames> {
  const { source_id, destination_id } = body;
  const source = source_id ? await getSource(table, environment, source_id) : undefined;
  if (source_id && !source) throw invalid('source_id', 'names no source of this environment');
  const destination =
    destination_id === undefined ? undefined : await getDestination(table, environment, destination_id);
  if (destination_id !== undefined && !destination) {
    throw invalid('destination_id', 'names no destination of this environment');
  }
  return { source: source?.name, destination: destination?.name };
}

/** `GET /v1/connections` */
export async function showConnections(table: Table, { query }: ApiRequest, caller: Principal): Promise<ApiResponse> {
  const { source_id, destination_id, status, ...paging } = validate(connectionQuery, query);
  const environments = await readableEnvironments(table, caller);
  const all = (await Promise.all(environments.map((environment) => describeAll(table, environment)))).flat();
  const connections = all
    .filter((one) => source_id === undefined || one.source_id === source_id)
    .filter((one) => destination_id === undefined || one.destination_id === destination_id)
    .filter((one) => status === undefined || one.status === status);
  const { rows, pagination } = pageOfWhole(connections, paging);
  return { status: 200, body: { connections: rows, pagination } };
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

/** `PATCH /v1/connections/{id}` */
export async function patchConnection(table: Table, request: ApiRequest, caller: Principal): Promise<ApiResponse> {
  const id = request.params.id ?? '';
  const { environment } = requireEnvironment(caller);
  if (!(await getConnection(table, environment, id))) throw notFound('Connection', id);
  const body = validate(connectionChange, parseJson(request.body).value);
  ownEnvironment(caller, body);
  await readJoined(table, environment, body);
  const { name, description, source_id: source, destination_id: destination, enabled } = body;
  const filterRules = body.filter_rules === null ? [] : body.filter_rules;
  const schema = await packedSchema(body.schema);
  const change = changeOf({ name, description, source, destination, filterRules, schema, enabled });
  const joins = { ...(source && { source }), ...(destination && { destination }) };
  const connection = await changeConnection(table, environment, id, change, joins);
  if (!connection) throw notFound('Connection', id);
  return { status: 200, body: { connection: writeConnection(connection, await namesOf(table, connection)) } };
}

/** `DELETE /v1/connections/{id}`: the next event does not match it any more. */
export async function deleteConnection(table: Table, { params }: ApiRequest, caller: Principal): Promise<ApiResponse> {
  const { environment } = requireEnvironment(caller);
  const id = params.id ?? '';
  const done = await removeConnection(table, environment, id, new Date().toISOString());
  return deleted('Connection', id, done);
}
