import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../store/table/table';
import { bucketSk, type Subject, statisticsPk, type Width } from './buckets';

/** An item that holds counts. */
export type CountsItem = Readonly<Record<string, unknown>>;

/**
 * The parameters of reading the buckets of a subject from the one that `from` belongs to until the one of `to`
 * (milliseconds since the epoch, both inclusive). Not consistent, which halves the price: counts run behind anyway.
 */
export function bucketsQuery(table: string, subject: Subject, width: Width, from: number, to: number) {
  return {
    TableName: table,
    KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
    ExpressionAttributeValues: {
      ':pk': statisticsPk(subject),
      ':first': bucketSk(width, from),
      ':last': bucketSk(width, to),
    },
  };
}

/** Reads buckets, the oldest first; those in which nothing happened are absent. */
export async function readBuckets(
  table: Table,
  subject: Subject,
  width: Width,
  from: number,
  to: number,
): Promise<CountsItem[]> {
  const items: CountsItem[] = [];
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const query = { ...bucketsQuery(table.name, subject, width, from, to), ExclusiveStartKey };
    const page = await table.documents.send(new QueryCommand(query));
    items.push(...(page.Items ?? []));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return items;
}
