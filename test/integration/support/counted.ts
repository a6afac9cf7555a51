import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { fold } from '../../../lambdas/functions/aggregate/fold';
import { type ItemChange, ItemChanges } from '../../../lambdas/functions/aggregate/item-changes';
import { updateFor } from '../../../lambdas/functions/aggregate/table-ledger';
import type { Table } from '../../../lambdas/store/table/table';

/**
 * Counts deliveries that never were, as `aggregate` would have: delivered, spread over the last hour, each minute with
 * twelve latencies from 50 to 545 ms.
 */
export async function countDeliveries(table: Table, env: string, count: number, now: number): Promise<void> {
  const sums = new ItemChanges();
  for (let n = 0; n < Math.min(count, CYCLE); n += 1) {
    sums.include(times(changesOf(env, n, now), Math.ceil((count - n) / CYCLE)));
  }
  for (const change of sums.toList()) await table.documents.send(new UpdateCommand(updateFor(table.name, change)));
}

/** After so many the deliveries repeat themselves: twelve latencies in sixty minutes. */
const CYCLE = 720;

/** The same changes, made more than once. */
const times = (changes: readonly ItemChange[], factor: number): ItemChange[] =>
  changes.map((change) => ({
    ...change,
    add: Object.fromEntries(Object.entries(change.add).map(([name, amount]) => [name, amount * factor])),
  }));

function changesOf(env: string, n: number, now: number): ItemChange[] {
  const createdAt = new Date(now - (n % 60) * 60_000).toISOString();
  const latencyMs = 50 + 45 * (Math.floor(n / 60) % 12);
  const after = { env, dst: `dst_${env}`, con: 'con_1', status: 'delivered', createdAt, first: { latencyMs } } as const;
  return fold({ kind: 'delivery', ordinal: 1, before: undefined, after }, now);
}
