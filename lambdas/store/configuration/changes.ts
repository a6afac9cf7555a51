import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type Connection, parseConnection } from '../../configuration/connection';
import { parseDestination } from '../../configuration/destination';
import { parseSource } from '../../configuration/source';
import { connectionKey, destinationKey, type Key, sourceKey } from '../table/addresses';
import { type Item, writeIf } from '../table/conditions';
import { type Change, updateOf, withCondition } from '../table/expressions';
import type { Table } from '../table/table';
import { transact } from '../table/transact';
import { connectionReferences } from './configuration';

const EXISTS = 'attribute_exists(pk)';

async function change(table: Table, Key: Key, what: Change): Promise<Item | undefined> {
  const parts = withCondition(updateOf(what), EXISTS);
  const command = new UpdateCommand({ TableName: table.name, Key: { ...Key }, ...parts, ReturnValues: 'ALL_NEW' });
  const { kind, item } = await writeIf(table, command);
  return kind === 'done' ? item : undefined;
}

type KeyOf = (environment: string, id: string) => Key;

/** Changes one that exists; answers with what it is now, or undefined. */
const changing =
  <Item>(keyOf: KeyOf, parse: (item: unknown) => Item) =>
  async (table: Table, environment: string, id: string, what: Change): Promise<Item | undefined> => {
    const item = await change(table, keyOf(environment, id), what);
    return item && parse(item);
  };

export const changeSource = changing(sourceKey, parseSource);
export const changeDestination = changing(destinationKey, parseDestination);

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
  const answer = await transact(table, [{ Update }, ...connectionReferences(table, { environment, ...joins })]);
  if (answer.kind === 'refused') return undefined;
  const { Item } = await table.documents.send(new GetCommand({ TableName: table.name, Key, ConsistentRead: true }));
  return Item && parseConnection(Item);
}
