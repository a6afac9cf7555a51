import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { type Connection, parseConnection } from '../../configuration/connection';
import { type Destination, parseDestination } from '../../configuration/destination';
import { parseSource, type Source } from '../../configuration/source';
import { type ConfigurationPrefix, isConfigurationId } from '../../domain/identifiers';
import { connectionKey, destinationKey, type Key, sourceAddressKey, sourceKey } from '../table/addresses';
import { getRecentItem, queryAll } from '../table/reads';
import type { Table } from '../table/table';
import { transact } from '../table/transact';

async function getItem(table: Table, { ...Key }: Key): Promise<Record<string, unknown> | undefined> {
  return (await table.documents.send(new GetCommand({ TableName: table.name, Key, ConsistentRead: true }))).Item;
}

type KeyOf = (environment: string, id: string) => Key;

/** How one kind of configuration is read: strongly consistent, so that what was just made is found. */
const readings = <Item>(prefix: ConfigurationPrefix, keyOf: KeyOf, parse: (item: unknown) => Item) => ({
  /** One of an environment; undefined if there is none of that id. */
  async get(table: Table, environment: string, id: string): Promise<Item | undefined> {
    if (!isConfigurationId(id, prefix)) return undefined;
    const item = await getItem(table, keyOf(environment, id));
    return item && parse(item);
  },
  /** All of an environment, in order of creation. */
  async list(table: Table, environment: string): Promise<Item[]> {
    const { pk, sk } = keyOf(environment, '');
    return (await queryAll(table, pk, sk)).map(parse);
  },
});

/** Sources. */
export const { get: getSource, list: listSources } = readings('src', sourceKey, parseSource);
/** Destinations. */
export const { get: getDestination, list: listDestinations } = readings('dst', destinationKey, parseDestination);
/** Connections: a new one matches the next event. */
export const { get: getConnection, list: listConnections } = readings('con', connectionKey, parseConnection);

const putNew = (table: Table, key: Key, item: object) => ({
  TableName: table.name,
  Item: { ...key, ...item },
  ConditionExpression: 'attribute_not_exists(pk)',
});

/** Writes a new source, and the address item by which ingest finds its environment. */
export async function putSource(table: Table, item: Source): Promise<void> {
  const { id, environment } = item;
  const { kind } = await transact(table, [
    { Put: putNew(table, sourceKey(environment, id), item) },
    { Put: putNew(table, sourceAddressKey(id), { environment }) },
  ]);
  if (kind === 'refused') throw new Error(`There is a source ${id} already.`);
}

/** A source by its id alone. */
export async function findSource(table: Table, id: string): Promise<Source | undefined> {
  if (!isConfigurationId(id, 'src')) return undefined;
  const address = await getItem(table, sourceAddressKey(id));
  return address && getSource(table, z.object({ environment: z.string() }).parse(address).environment, id);
}

/** Writes a new destination. */
export async function putDestination(table: Table, item: Destination): Promise<void> {
  await table.documents.send(new PutCommand(putNew(table, destinationKey(item.environment, item.id), item)));
}

/**
 * A destination as it was a moment ago, at half the price of {@link getDestination}. One that was just made is found.
 */
export async function getRecentDestination(
  table: Table,
  environment: string,
  id: string,
): Promise<Destination | undefined> {
  const item = isConfigurationId(id, 'dst') ? await getRecentItem(table, destinationKey(environment, id)) : undefined;
  return item === undefined ? undefined : parseDestination(item);
}

/** Conditions that a connection's source and destination exist, for the transaction that writes it. */
export function connectionReferences(
  table: Table,
  { environment, source, destination }: Partial<Connection> & Pick<Connection, 'environment'>,
) {
  const keys = [
    ...(source === undefined ? [] : [sourceKey(environment, source)]),
    ...(destination === undefined ? [] : [destinationKey(environment, destination)]),
  ];
  const ConditionExpression = 'attribute_exists(pk)';
  return keys.map((Key) => ({ ConditionCheck: { TableName: table.name, Key: { ...Key }, ConditionExpression } }));
}

/**
 * Writes a new connection.
 *
 * @returns false if its source or destination does not exist, or has just been deleted
 */
export async function putConnection(table: Table, item: Connection): Promise<boolean> {
  const Put = putNew(table, connectionKey(item.environment, item.id), item);
  return (await transact(table, [{ Put }, ...connectionReferences(table, item)])).kind === 'done';
}
