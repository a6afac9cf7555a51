import {
  type Connection,
  type ConnectionNames,
  connectionBody,
  connectionChange,
  connectionMembers,
  connectionStatus,
  parseConnection,
  writeConnection,
} from '../../configuration/connection';
import { readChange } from '../../configuration/derived';
import type { JsonSchema } from '../../configuration/payload-schema';
import type { Principal } from '../../http/authentication';
import { ApiError, invalid, notFound } from '../../http/errors';
import type { ApiRequest, ApiResponse } from '../../http/messages';
import { validate } from '../../http/parse';
import { readableEnvironments } from '../../http/tenant';
import { pageOfWhole } from '../../operations/whole-lists';
import { activityOfConnections } from '../../statistics/activity';
import { changeConnection, getConnection, listConnections, putConnection } from '../../store/configuration/connections';
import { getDestination, listDestinations } from '../../store/configuration/destinations';
import { removeConnection } from '../../store/configuration/removal';
import { getSource, listSources } from '../../store/configuration/sources';
import type { Table } from '../../store/table/table';
import { deleting, listAll, newItem, ownItem, readBody, showing } from './endpoints';
import { connectionQuery } from './queries';

/** `POST /v1/connections` */
export async function createConnection(table: Table, request: ApiRequest, caller: Principal): Promise<ApiResponse> {
  const { body, owner } = readBody(connectionBody(), request, caller);
  await refuseUnusable(body.schema);
  const names = await readJoined(table, owner.environment, body);
  const connection = parseConnection(newItem('con', connectionMembers, owner, body));
  if (!(await putConnection(table, connection))) throw deletedMeanwhile();
  return { status: 201, body: { connection: writeConnection(connection, names) } };
}

const deletedMeanwhile = () =>
  new ApiError('CONFLICT', 'The source or destination was deleted while the connection was being made');

/** The library that compiles schemas is loaded with the first one. @throws ApiError 400 when a schema may not be saved */
async function refuseUnusable(schema: JsonSchema | null | undefined): Promise<void> {
  if (schema === undefined || schema === null) return;
  const { schemaProblem } = await import('../../payload-schemas/vet');
  const problem = schemaProblem(schema);
  if (problem !== undefined) throw invalid('schema', problem);
}

interface Joined {
  readonly source_id?: string | null | undefined;
  readonly destination_id?: string | undefined;
}

/** Names of the source and destination in a body. @throws ApiError 400 if one of them does not exist */
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
  const [all, sources, destinations] = await Promise.all([
    listAll(table, environments, listConnections),
    listAll(table, environments, listSources),
    listAll(table, environments, listDestinations),
  ]);
  const matching = all
    .filter((one) => source_id === undefined || one.source === source_id)
    .filter((one) => destination_id === undefined || one.destination === destination_id)
    .filter((one) => status === undefined || connectionStatus(one) === status);
  const { rows, pagination } = pageOfWhole(matching, paging);
  const names = new Map([...sources, ...destinations].map(({ id, name }) => [id, name]));
  const activities = await activityOfConnections(table, rows);
  const connections = rows.map((one, index) => {
    const joined = { source: names.get(one.source ?? ''), destination: names.get(one.destination) };
    return writeConnection(one, joined, activities[index]);
  });
  return { status: 200, body: { connections, pagination } };
}

/** `GET /v1/connections/{id}` */
export const showConnection = showing(getConnection, answer);

/** `PATCH /v1/connections/{id}` */
export async function patchConnection(table: Table, request: ApiRequest, caller: Principal): Promise<ApiResponse> {
  const before = await ownItem('Connection', getConnection, table, request, caller);
  const { body } = readBody(connectionChange(), request, caller);
  await readJoined(table, before.environment, body);
  await refuseUnusable(body.schema);
  const change = readChange(connectionMembers, body, before, new Date().toISOString());
  const { source_id: source, destination_id: destination } = body;
  const joins = { ...(source && { source }), ...(destination && { destination }) };
  const changed = await changeConnection(table, before.environment, before.id, change, joins);
  return answer(table, before.id, changed);
}

/** `DELETE /v1/connections/{id}`: from the next event on, it no longer matches. */
export const deleteConnection = deleting('Connection', removeConnection);

async function answer(table: Table, id: string, found: Connection | undefined): Promise<ApiResponse> {
  if (!found) throw notFound('Connection', id);
  const [names, [activity]] = await Promise.all([namesOf(table, found), activityOfConnections(table, [found])]);
  return { status: 200, body: { connection: writeConnection(found, names, activity) } };
}

async function namesOf(table: Table, { environment, source, destination }: Connection): Promise<ConnectionNames> {
  const [from, to] = await Promise.all([
    source === undefined ? undefined : getSource(table, environment, source),
    getDestination(table, environment, destination),
  ]);
  return { source: from?.name, destination: to?.name };
}
