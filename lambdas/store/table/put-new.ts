import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { ABSENT, RETURN_OLD, writeIf } from './conditions';
import type { Table } from './table';

/**
 * Writes an item unless it exists, with one conditional write.
 *
 * @returns undefined if it was written, else the existing item
 */
export async function putNew<Parsed>(
  table: Table,
  Item: Record<string, unknown>,
  parse: (raw: unknown) => Parsed,
): Promise<Parsed | undefined> {
  const put = new PutCommand({ TableName: table.name, Item, ConditionExpression: ABSENT, ...RETURN_OLD });
  const { kind, item } = await writeIf(table, put);
  return kind === 'done' ? undefined : parse(item);
}
