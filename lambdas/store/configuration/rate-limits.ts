import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { intervalMs } from '../../domain/rate-limit';
import { rateLimitKey } from '../table/addresses';
import { getAll } from '../table/batch-get';
import { writeIf } from '../table/conditions';
import type { Table } from '../table/table';

const line = z.object({ free: z.number() });

/** How long an empty line is kept: a day after its last turn. */
const KEPT_SECONDS = 86_400;

/** How many writes are tried. Two fail in a row only if others take places in between. */
const MAX_WRITES = 20;

/** Too many others took places at the same time. The message is received again. */
export class LineTooBusyError extends Error {
  override readonly name = 'LineTooBusyError';
  readonly code = 'LINE_TOO_BUSY';
}

/**
 * Takes the next free place in the line of a destination: one conditional write if somebody is in line, two if nobody
 * is. All workers get places in the order in which they ask.
 *
 * A line belongs to one limit. If the limit changes, a new, empty line starts.
 *
 * @param now milliseconds since the epoch
 * @returns when its turn is, milliseconds since the epoch; never before `now`
 */
export async function takePlace(table: Table, destination: string, rate: number, now: number): Promise<number> {
  for (let write = 0; write < MAX_WRITES; write += 1) {
    const at =
      write % 2 === 0 ? await joinLine(table, destination, rate, now) : await startLine(table, destination, rate, now);
    if (at !== undefined) return at;
  }
  throw new LineTooBusyError('The line of a destination with a rate limit changed with every look at it.');
}

/**
 * The next free turns of destinations by id, in milliseconds since the epoch. A line that is no longer kept is absent.
 *
 * @param limits destinations with their limits in requests a second
 */
export async function readLines(
  table: Table,
  limits: readonly { readonly id: string; readonly rate: number }[],
): Promise<ReadonlyMap<string, number>> {
  const ids = new Map(limits.map(({ id, rate }) => [rateLimitKey(id, rate).pk, id]));
  const items = await getAll(
    table,
    limits.map(({ id, rate }) => rateLimitKey(id, rate)),
  );
  return new Map(items.map((item) => [ids.get(String(item.pk)) ?? '', line.parse(item).free]));
}

/** Joins behind those who wait; undefined if nobody does. */
async function joinLine(table: Table, destination: string, rate: number, now: number): Promise<number | undefined> {
  const parts = {
    UpdateExpression: 'SET #free = #free + :interval',
    ConditionExpression: '#free > :now',
    ExpressionAttributeNames: { '#free': 'free' },
    ExpressionAttributeValues: { ':interval': intervalMs(rate), ':now': now },
  };
  const free = await write(table, destination, rate, parts);
  return free === undefined ? undefined : free - intervalMs(rate);
}

/** Goes first if nobody waits; undefined if somebody does by now. */
async function startLine(table: Table, destination: string, rate: number, now: number): Promise<number | undefined> {
  const free = await write(table, destination, rate, {
    UpdateExpression: 'SET #free = :free, expiresAt = :expires',
    ConditionExpression: 'attribute_not_exists(#free) OR #free <= :now',
    ExpressionAttributeNames: { '#free': 'free' },
    ExpressionAttributeValues: {
      ':free': now + intervalMs(rate),
      ':now': now,
      ':expires': Math.floor(now / 1000) + KEPT_SECONDS,
    },
  });
  return free === undefined ? undefined : now;
}

type Parts = Pick<
  ConstructorParameters<typeof UpdateCommand>[0],
  'UpdateExpression' | 'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>;

async function write(table: Table, destination: string, rate: number, parts: Parts): Promise<number | undefined> {
  const Key = rateLimitKey(destination, rate);
  const command = new UpdateCommand({ TableName: table.name, Key, ...parts, ReturnValues: 'UPDATED_NEW' });
  const { kind, item } = await writeIf(table, command);
  return kind === 'done' ? line.parse(item).free : undefined;
}
