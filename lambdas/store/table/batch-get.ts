import { setTimeout as sleep } from 'node:timers/promises';
import { BatchGetCommand } from '@aws-sdk/lib-dynamodb';
import { chunks } from '../../runtime/pools';
import type { Key } from './addresses';
import type { Table } from './table';

/** BatchGetItem takes at most this many keys. */
const BATCH_SIZE = 100;

/** How often unprocessed keys are requested again, with growing pauses. */
const MAX_ROUNDS = 8;

/** DynamoDB keeps returning unprocessed keys: it is throttling. */
export class UnprocessedKeysError extends Error {
  override readonly name = 'UnprocessedKeysError';
}

/**
 * Reads items by their keys, in the order of the keys; keys without an item are left out.
 *
 * @throws UnprocessedKeysError if DynamoDB does not process all keys in time
 */
export async function getAll(table: Table, keys: readonly Key[]): Promise<Record<string, unknown>[]> {
  const batches = chunks(keys, BATCH_SIZE).map((batch) => getBatch(table, batch));
  const items = (await Promise.all(batches)).flat();
  const found = new Map(items.map((item) => [`${item.pk}\n${item.sk}`, item]));
  return keys.map(({ pk, sk }) => found.get(`${pk}\n${sk}`)).filter((item) => item !== undefined);
}

async function getBatch(table: Table, keys: readonly Key[]): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  let left: Record<string, unknown>[] = keys.map(({ pk, sk }) => ({ pk, sk }));
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    if (round > 0) await sleep(25 * 2 ** round);
    const command = new BatchGetCommand({ RequestItems: { [table.name]: { Keys: left, ConsistentRead: true } } });
    const { Responses, UnprocessedKeys } = await table.documents.send(command);
    items.push(...(Responses?.[table.name] ?? []));
    left = UnprocessedKeys?.[table.name]?.Keys ?? [];
    if (left.length === 0) return items;
  }
  throw new UnprocessedKeysError(`${left.length} keys were left unprocessed`);
}
