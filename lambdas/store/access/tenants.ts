import { GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { newConfigurationId } from '../../domain/identifiers';
import { environmentKey, type Key, organizationKey } from '../table/addresses';
import { putNew } from '../table/put-new';
import { queryAll } from '../table/reads';
import type { Table } from '../table/table';

const idOf = (raw: unknown): string => z.object({ id: z.string() }).parse(raw).id;

/** The id of a name, assigned now if it has none. Concurrent callers get the same one. */
export async function ensure(table: Table, key: Key, prefix: 'org' | 'env', now: number): Promise<string> {
  const id = newConfigurationId(prefix, now);
  const Item = { ...key, id, createdAt: new Date(now).toISOString() };
  return (await putNew(table, Item, idOf)) ?? id;
}

/** The id of an organization by its name, or undefined. */
export async function findOrganization(table: Table, name: string): Promise<string | undefined> {
  const command = new GetCommand({ TableName: table.name, Key: organizationKey(name), ConsistentRead: true });
  const { Item } = await table.documents.send(command);
  return Item && idOf(Item);
}

/** Ids of all organizations. */
export async function listOrganizations(table: Table): Promise<string[]> {
  const items = await queryAll(table, organizationKey('').pk, '');
  return items.map(idOf);
}

/** Ids of the environments of an organization. */
export const listEnvironments = async (table: Table, organization: string): Promise<string[]> =>
  (await environmentsOf(table, organization)).map(({ id }) => id);

/** An environment of an organization by its id, its name, or both; undefined if there is none. */
export async function findEnvironment(
  table: Table,
  organization: string,
  { id, name }: { readonly id?: string | undefined; readonly name?: string | undefined },
) {
  const all = await environmentsOf(table, organization);
  return all.find((one) => one.id === (id ?? one.id) && one.name === (name ?? one.name));
}

async function environmentsOf(table: Table, organization: string) {
  const { pk, sk: prefix } = environmentKey(organization, '');
  const items = await queryAll(table, pk, prefix);
  return items.map((item) => ({ id: idOf(item), name: String(item.sk).slice(prefix.length) }));
}
