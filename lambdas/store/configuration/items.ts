import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type ConfigurationPrefix, isConfigurationId } from '../../domain/identifiers';
import type { Key } from '../table/addresses';
import { ABSENT, EXISTS, writeIf } from '../table/conditions';
import { type Change, updateOf, withCondition } from '../table/expressions';
import { getItem, queryAll } from '../table/reads';
import type { Table } from '../table/table';

// What sources, destinations and connections have in common. Each has a file of its own beside this one, so that a function
// loads the schemas of what it reads, and no others.

type KeyOf = (environment: string, id: string) => Key;
type Parse<Item> = (item: unknown) => Item;

/** Reads one of an environment, as it is now; undefined if there is none of that id. */
export const getting =
  <Item>(prefix: ConfigurationPrefix, keyOf: KeyOf, parse: Parse<Item>) =>
  async (table: Table, environment: string, id: string): Promise<Item | undefined> => {
    const item = isConfigurationId(id, prefix) ? await getItem(table, keyOf(environment, id)) : undefined;
    return item && parse(item);
  };

/** Reads all of an environment as they are now, in order of creation. */
export const listing =
  <Item>(keyOf: KeyOf, parse: Parse<Item>) =>
  async (table: Table, environment: string): Promise<Item[]> => {
    const { pk, sk } = keyOf(environment, '');
    return (await queryAll(table, pk, sk)).map(parse);
  };

/** Changes one that exists; answers with what it is now, or undefined. */
export const changing =
  <Item>(keyOf: KeyOf, parse: Parse<Item>) =>
  async (table: Table, environment: string, id: string, what: Change): Promise<Item | undefined> => {
    const parts = withCondition(updateOf(what), EXISTS);
    const Key = { ...keyOf(environment, id) };
    const command = new UpdateCommand({ TableName: table.name, Key, ...parts, ReturnValues: 'ALL_NEW' });
    const { kind, item } = await writeIf(table, command);
    return kind === 'done' && item ? parse(item) : undefined;
  };

/** The write of an item that does not exist yet. */
export const creation = (table: Table, key: Key, item: object) => ({
  TableName: table.name,
  Item: { ...key, ...item },
  ConditionExpression: ABSENT,
});
