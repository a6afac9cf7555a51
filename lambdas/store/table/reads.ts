import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Key } from './addresses';
import type { Item } from './conditions';
import type { Table } from './table';

/** An item as it is now, strongly consistent; undefined if there is none. */
export async function getItem(table: Table, { ...Key }: Key): Promise<Item | undefined> {
  return (await table.documents.send(new GetCommand({ TableName: table.name, Key, ConsistentRead: true }))).Item;
}

/** All items of a partition whose sort key starts with `prefix`, in order, strongly consistent. */
export async function queryAll(table: Table, pk: string, prefix: string): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await table.documents.send(
      new QueryCommand({
        TableName: table.name,
        // An empty prefix means the whole partition; begins_with does not take an empty string.
        KeyConditionExpression: prefix ? 'pk = :pk AND begins_with(sk, :prefix)' : 'pk = :pk',
        ExpressionAttributeValues: prefix ? { ':pk': pk, ':prefix': prefix } : { ':pk': pk },
        ConsistentRead: true,
        ExclusiveStartKey,
      }),
    );
    items.push(...(page.Items ?? []));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return items;
}

/**
 * An item as it was a moment ago: read eventually consistently, at half the price. Only a miss is repeated consistently, so
 * that an item that was written just now is found.
 */
export async function getRecentItem(table: Table, Key: Key): Promise<unknown> {
  for (const ConsistentRead of [false, true]) {
    const { Item } = await table.documents.send(new GetCommand({ TableName: table.name, Key, ConsistentRead }));
    if (Item) return Item;
  }
  return undefined;
}
