import { randomBytes } from 'node:crypto';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { AttributeValue, DynamoDBRecord } from 'aws-lambda';
import { applyBatch } from '../../lambdas/functions/aggregate/apply-batch';
import { fold } from '../../lambdas/functions/aggregate/fold';
import { readReading } from '../../lambdas/functions/aggregate/readings';
import { tableLedger } from '../../lambdas/functions/aggregate/table-ledger';
import { eventKey } from '../../lambdas/store/table/addresses';
import type { Table } from '../../lambdas/store/table/table';

/**
 * Counts an event and everything derived from it, as `aggregate` would have.
 *
 * @param now milliseconds since the epoch
 */
export async function countFamily(table: Table, base: string, now: number): Promise<void> {
  const { Items = [] } = await table.documents.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': eventKey(base).pk },
      ConsistentRead: true,
    }),
  );
  const changes = Items.flatMap((item) => fold(readReading(insertionOf(item)), now));
  const fingerprint = randomBytes(8).toString('hex');
  await applyBatch(
    tableLedger(table, () => now),
    [{ fingerprint, changes }],
  );
}

function insertionOf(item: Record<string, unknown>): DynamoDBRecord {
  const image = (part: Record<string, unknown>) => marshall(part) as Record<string, AttributeValue>;
  const { pk, sk } = item;
  return { eventName: 'INSERT', dynamodb: { Keys: image({ pk, sk }), NewImage: image(item) } };
}
