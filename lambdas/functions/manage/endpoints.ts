import type * as z from 'zod/mini';
import { readNew } from '../../configuration/derived';
import { InvalidMember, type Members } from '../../configuration/members';
import { type ConfigurationPrefix, newConfigurationId } from '../../domain/identifiers';
import { type EnvironmentPrincipal, type Principal, requireEnvironment } from '../../http/authentication';
import { invalid, notFound } from '../../http/errors';
import type { ApiRequest, ApiResponse } from '../../http/messages';
import { parseJson, validate } from '../../http/parse';
import { findInEnvironments, ownEnvironment } from '../../http/tenant';
import type { Table } from '../../store/table/table';

type Tenant = Parameters<typeof ownEnvironment>[1];

/**
 * The body of a call, and the environment that it means.
 *
 * @throws ApiError 400 when it is not valid or means another tenant, 403 for a key of the whole organization
 */
export function readBody<Schema extends z.ZodMiniType<Tenant>>(schema: Schema, request: ApiRequest, caller: Principal) {
  const body = validate(schema, parseJson(request.body).value);
  return { body, owner: ownEnvironment(caller, body) };
}

/**
 * The one that a call is about, in the caller's own environment.
 *
 * @throws ApiError 403 for a key of the whole organization, 404 if there is none
 */
export async function ownItem<Item>(
  kind: string,
  get: (table: Table, environment: string, id: string) => Promise<Item | undefined>,
  table: Table,
  { params: { id = '' } }: ApiRequest,
  caller: Principal,
): Promise<Item> {
  const found = await get(table, requireEnvironment(caller).environment, id);
  if (!found) throw notFound(kind, id);
  return found;
}

/** Attributes of a new item: who it is, whose it is, and what its body says. @throws ApiError 400 */
export function newItem(
  prefix: ConfigurationPrefix,
  members: Members,
  { organization, environment }: EnvironmentPrincipal,
  body: object,
) {
  const now = Date.now();
  const at = new Date(now).toISOString();
  const attributes = orInvalid(() => readNew(members, body));
  return {
    id: newConfigurationId(prefix, now),
    organization,
    environment,
    createdAt: at,
    updatedAt: at,
    ...attributes,
  };
}

/** What `read` reads; a member that does not fit is answered with 400. */
export function orInvalid<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw error instanceof InvalidMember ? invalid(error.field, error.message) : error;
  }
}

/** What `list` finds in all of the environments. */
export async function listAll<Item>(
  table: Table,
  environments: readonly string[],
  list: (table: Table, environment: string) => Promise<Item[]>,
): Promise<Item[]> {
  return (await Promise.all(environments.map((environment) => list(table, environment)))).flat();
}

type Call = (table: Table, request: ApiRequest, caller: Principal) => Promise<ApiResponse>;

/** Shows one, of whichever environment the caller may read. */
export const showing =
  <Item>(
    get: (table: Table, environment: string, id: string) => Promise<Item | undefined>,
    answer: (table: Table, id: string, found: Item | undefined) => Promise<ApiResponse>,
  ): Call =>
  async (table, { params }, caller) => {
    const id = params.id ?? '';
    return answer(table, id, await findInEnvironments(table, caller, (environment) => get(table, environment, id)));
  };

/** Deletes one. The answer is JSON, as clients of this surface parse every answer. */
export const deleting =
  (kind: string, remove: (table: Table, environment: string, id: string, at: string) => Promise<boolean>): Call =>
  async (table, { params }, caller) => {
    const { environment } = requireEnvironment(caller);
    const id = params.id ?? '';
    if (!(await remove(table, environment, id, new Date().toISOString()))) throw notFound(kind, id);
    return { status: 200, body: { id, deleted: true } };
  };
