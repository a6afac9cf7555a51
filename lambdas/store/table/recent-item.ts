import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Key } from './addresses';
import type { Table } from './table';

/**
 * An item as it was a moment ago: read eventually consistently, at half the price. Only a miss is repeated consistently, so that
 * an item that was made in this moment is found.
 */
export async function getRecentItem(table: Table, Key: Key): Promise<unknown> {
  for (const ConsistentRead of [false, true]) {
    const { Item } = await table.documents.send(new GetCommand({ TableName: table.name, Key, ConsistentRead }));
    if (Item) return Item;
  }
  return undefined;
}
