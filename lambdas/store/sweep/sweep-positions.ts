import { isDeepStrictEqual } from 'node:util';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { once } from '../../runtime/once';
import { sweepKey } from '../table/addresses';
import { getAll } from '../table/batch-get';
import type { Table } from '../table/table';

const positions = once(() =>
  z.object({
    /** In the open deliveries. */
    open: z.optional(z.string()),
    /** In the deliveries that wait for their next attempt. */
    retrying: z.optional(z.string()),
    /** In the events: all before it have been checked. */
    events: z.optional(z.string()),
    /** When the hours that are older than two days were last looked at, milliseconds since the epoch. */
    olderAt: z.optional(z.number()),
    /** When those of them begin that have open deliveries. */
    older: z.optional(z.array(z.number())),
  }),
);

/** How far the sweep has searched an environment: sort keys of the index. Without one it begins at the oldest. */
export type Positions = z.output<ReturnType<typeof positions>>;

const MEMBERS = ['open', 'retrying', 'events', 'olderAt', 'older'] as const;

export async function readPositions(table: Table, environment: string): Promise<Positions> {
  const [item] = await getAll(table, [sweepKey(environment)]);
  return positions().parse(item ?? {});
}

/** Stores positions if they have moved. They only save work, so the last writer may win. */
export async function keepPositions(table: Table, environment: string, read: Positions, now: Positions): Promise<void> {
  if (MEMBERS.every((name) => isDeepStrictEqual(read[name], now[name]))) return;
  await table.documents.send(new PutCommand({ TableName: table.name, Item: { ...sweepKey(environment), ...now } }));
}
