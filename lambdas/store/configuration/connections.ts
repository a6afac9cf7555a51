import { type Connection, parseConnection } from '../../configuration/connection';
import { connectionKey, destinationKey, sourceKey } from '../table/addresses';
import { EXISTS } from '../table/conditions';
import { type Change, updateOf, withCondition } from '../table/expressions';
import { getItem } from '../table/reads';
import type { Table } from '../table/table';
import { transact } from '../table/transact';
import { creation, getting, listing } from './items';

export const getConnection = getting('con', connectionKey, parseConnection);
/** Connections of an environment: a new one matches the next event. */
export const listConnections = listing(connectionKey, parseConnection);

/**
 * Writes a new connection.
 *
 * @returns false if its source or destination does not exist, or has just been deleted
 */
export async function putConnection(table: Table, item: Connection): Promise<boolean> {
  const Put = creation(table, connectionKey(item.environment, item.id), item);
  return (await transact(table, [{ Put }, ...references(table, item)])).kind === 'done';
}

/**
 * Changes an existing connection, if the source and destination it names exist too.
 *
 * @param joins the source and destination that the change names
 * @returns the connection as it is now, or undefined if something was deleted
 */
export async function changeConnection(
  table: Table,
  environment: string,
  id: string,
  what: Change,
  joins: Partial<Pick<Connection, 'source' | 'destination'>>,
): Promise<Connection | undefined> {
  const Key = { ...connectionKey(environment, id) };
  const Update = { TableName: table.name, Key, ...withCondition(updateOf(what), EXISTS) };
  const answer = await transact(table, [{ Update }, ...references(table, { environment, ...joins })]);
  if (answer.kind === 'refused') return undefined;
  const item = await getItem(table, Key);
  return item && parseConnection(item);
}

/** Conditions that a connection's source and destination exist, for the transaction that writes it. */
function references(
  table: Table,
  { environment, source, destination }: Partial<Connection> & Pick<Connection, 'environment'>,
) {
  const keys = [
    ...(source === undefined ? [] : [sourceKey(environment, source)]),
    ...(destination === undefined ? [] : [destinationKey(environment, destination)]),
  ];
  return keys.map((Key) => ({
    ConditionCheck: { TableName: table.name, Key: { ...Key }, ConditionExpression: EXISTS },
  }));
}
