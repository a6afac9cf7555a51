import { paginateScan } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { itemBytes } from '../../lambdas/store/table/item-size';
import { dynamoDbClient } from '../../local/dynamodb/client';
import type { LocalStack } from '../../local/stack';

/** Bytes as DynamoDB bills their storage. */
export interface Stored {
  readonly table: number;
  readonly indexes: number;
}

/**
 * What every item takes besides, and every entry of an index.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
const OVERHEAD_BYTES = 100;

/** The attributes that are keys of an index; an item without both is not in it. */
const INDEX_KEYS = [
  ['tlPk', 'tlSk'],
  ['dstPk', 'dstSk'],
  ['attPk', 'attSk'],
] as const;

type Item = Parameters<typeof itemBytes>[0];

/** What an item takes, in the table and in the indexes, which hold keys only. */
export function storedBytes(item: Item): Stored {
  const entries = INDEX_KEYS.filter((keys) => keys.every((name) => item[name] !== undefined));
  const keysOf = (names: readonly string[]) =>
    itemBytes(Object.fromEntries(['pk', 'sk', ...names].map((name) => [name, item[name]])));
  return {
    table: itemBytes(item) + OVERHEAD_BYTES,
    indexes: entries.reduce((sum, names) => sum + keysOf(names) + OVERHEAD_BYTES, 0),
  };
}

/** What all events and what came of them take. */
export async function storedEvents({ endpoints, outputs }: LocalStack): Promise<Stored> {
  const client = dynamoDbClient(endpoints.dynamodb);
  let stored: Stored = { table: 0, indexes: 0 };
  try {
    for await (const { Items = [] } of paginateScan({ client }, { TableName: outputs.TableName })) {
      for (const item of Items.map((one) => unmarshall(one) as Item)) {
        if (!String(item.pk).startsWith('EVT#')) continue;
        const { table, indexes } = storedBytes(item);
        stored = { table: stored.table + table, indexes: stored.indexes + indexes };
      }
    }
  } finally {
    client.destroy();
  }
  return stored;
}
