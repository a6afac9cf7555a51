import { GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { newConfigurationId } from '../../domain/identifiers';
import { environmentKey, type Key, organizationKey, organizationPk } from '../table/addresses';
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

/** The id of an environment by its name, or undefined. */
export async function findEnvironment(table: Table, organization: string, name: string): Promise<string | undefined> {
  const Key = environmentKey(organization, name);
  const { Item } = await table.documents.send(new GetCommand({ TableName: table.name, Key, ConsistentRead: true }));
  return Item && idOf(Item);
}

/** Ids of all organizations. */
export async function listOrganizations(table: Table): Promise<string[]> {
  const items = await queryAll(table, organizationKey('').pk, '');
  return items.map(idOf);
}

/** Ids of the environments of an organization. */
export async function listEnvironments(table: Table, organization: string): Promise<string[]> {
  const items = await queryAll(table, organizationPk(organization), 'ENV#');
  return items.map(idOf);
}
