import * as z from 'zod/mini';
import type { Connection } from '../../configuration/connection';
import type { Destination } from '../../configuration/destination';
import type { Source } from '../../configuration/source';
import { isConfigurationId } from '../../domain/identifiers';
import {
  connectionKey,
  destinationKey,
  type Key,
  orphansKey,
  removedConfigurationKey,
  sourceAddressKey,
  sourceKey,
} from '../table/addresses';
import { EXISTS } from '../table/conditions';
import { getItem } from '../table/reads';
import type { Table } from '../table/table';
import { type TransactItems, transact } from '../table/transact';
import { getConnection, listConnections } from './connections';
import { mayHaveParked } from './destination-status';
import { getDestination } from './destinations';
import { getSource } from './sources';

const removed = z.object({
  id: z.string(),
  organization: z.string(),
  environment: z.string(),
  name: z.string(),
  /** Of a destination. */
  url: z.optional(z.string()),
  /** Of a connection. */
  source: z.optional(z.string()),
  destination: z.optional(z.string()),
  /** ISO 8601. */
  removedAt: z.string(),
});

/**
 * What is kept of a deleted source, destination or connection: enough to show the history that names it. Credentials
 * and signing secrets are gone.
 */
export type RemovedConfiguration = z.output<typeof removed>;

type Named = Pick<RemovedConfiguration, 'id' | 'organization' | 'environment' | 'name'>;

const REMOVABLE = ['src', 'dst', 'con'] as const;

/** Reads what is kept of deleted configuration. */
async function getRemoved(table: Table, environment: string, id: string): Promise<RemovedConfiguration | undefined> {
  if (!REMOVABLE.some((prefix) => isConfigurationId(id, prefix))) return undefined;
  const stored = await getItem(table, removedConfigurationKey(environment, id));
  return stored && removed.parse(stored);
}

/** A source for showing history: as it is, or what is kept of it. */
export async function sourceOrRemoved(table: Table, environment: string, id: string): Promise<Named | undefined> {
  return (await getSource(table, environment, id)) ?? getRemoved(table, environment, id);
}

/** A destination for showing history: as it is, or what is kept of it. */
export async function destinationOrRemoved(
  table: Table,
  environment: string,
  id: string,
): Promise<(Named & { readonly url: string }) | undefined> {
  const found = (await getDestination(table, environment, id)) ?? (await getRemoved(table, environment, id));
  return found && { ...found, url: found.url ?? '' };
}

/** A connection for showing history: as it is, or what is kept of it. */
export async function connectionOrRemoved(
  table: Table,
  environment: string,
  id: string,
): Promise<(Named & { readonly destination: string }) | undefined> {
  const found = (await getConnection(table, environment, id)) ?? (await getRemoved(table, environment, id));
  return found && { ...found, destination: found.destination ?? '' };
}

/**
 * Deletes a source with its ingest address and its connections.
 *
 * @param at ISO 8601
 * @returns false if there is no such source
 */
export async function removeSource(table: Table, environment: string, id: string, at: string): Promise<boolean> {
  const source = await getSource(table, environment, id);
  const address = { Delete: { TableName: table.name, Key: { ...sourceAddressKey(id) } } };
  const done = source !== undefined && (await remove(table, sourceKey(environment, id), source, at, [address]));
  await removeConnections(table, environment, at, (connection) => connection.source === id);
  return done;
}

/**
 * Deletes a destination and its connections. Pending deliveries to it will fail.
 *
 * @param at ISO 8601
 * @returns false if there is no such destination
 */
export async function removeDestination(table: Table, environment: string, id: string, at: string): Promise<boolean> {
  const destination = await getDestination(table, environment, id);
  const key = destinationKey(environment, id);
  const done =
    destination !== undefined && (await remove(table, key, destination, at, orphans(table, destination, at)));
  await removeConnections(table, environment, at, (connection) => connection.destination === id);
  return done;
}

/** If deliveries may be parked for the destination, the sweep has to resume them, and they fail. */
function orphans(table: Table, destination: Destination, updatedAt: string): TransactItems {
  if (!mayHaveParked(destination)) return [];
  const { id, environment } = destination;
  const Item = { ...orphansKey(environment, id), id, environment, updatedAt };
  return [{ Put: { TableName: table.name, Item } }];
}

/** Deletes a connection: it matches no event from now on. */
export async function removeConnection(table: Table, environment: string, id: string, at: string): Promise<boolean> {
  const connection = await getConnection(table, environment, id);
  return connection !== undefined && remove(table, connectionKey(environment, id), connection, at);
}

// After the item they name, so that none can be created in between: a new connection is written only while that item
// exists. If the deletion is cut off here, repeating it completes it; until then routing skips these.
async function removeConnections(
  table: Table,
  environment: string,
  at: string,
  belongs: (connection: Connection) => boolean,
): Promise<void> {
  for (const connection of (await listConnections(table, environment)).filter(belongs)) {
    await remove(table, connectionKey(environment, connection.id), connection, at);
  }
}

async function remove(
  table: Table,
  key: Key,
  item: Source | Destination | Connection,
  removedAt: string,
  others: TransactItems = [],
): Promise<boolean> {
  const TableName = table.name;
  const kept = removed.parse({ ...item, removedAt });
  const answer = await transact(table, [
    { Delete: { TableName, Key: { ...key }, ConditionExpression: EXISTS } },
    { Put: { TableName, Item: { ...removedConfigurationKey(item.environment, item.id), ...kept } } },
    ...others,
  ]);
  return answer.kind === 'done';
}
