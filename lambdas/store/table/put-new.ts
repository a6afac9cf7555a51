import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { RETURN_OLD, writeIf } from './conditions';
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
  const ConditionExpression = 'attribute_not_exists(pk)';
  const put = new PutCommand({ TableName: table.name, Item, ConditionExpression, ...RETURN_OLD });
  const { kind, item } = await writeIf(table, put);
  return kind === 'done' ? undefined : parse(item);
}
