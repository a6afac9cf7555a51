import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Table } from './table';

/**
 * Writes an item where there is none, with one conditional write.
 *
 * @returns undefined when it was written, else the item that is there already
 */
export async function putNew<Parsed>(
  table: Table,
  Item: Record<string, unknown>,
  parse: (raw: unknown) => Parsed,
): Promise<Parsed | undefined> {
  const command = new PutCommand({
    TableName: table.name,
    Item,
    ConditionExpression: 'attribute_not_exists(pk)',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  try {
    await table.documents.send(command);
    return undefined;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException && error.Item) return parse(unmarshall(error.Item));
    throw error;
  }
}
