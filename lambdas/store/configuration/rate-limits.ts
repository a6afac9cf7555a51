import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { intervalMs } from '../../domain/rate-limit';
import { rateLimitKey } from '../table/addresses';
import { getAll } from '../table/batch-get';
import { writeIf } from '../table/conditions';
import type { Table } from '../table/table';

const line = z.object({ free: z.number() });

/** A line in which nobody stands is forgotten, a day after its last turn. */
const KEPT_SECONDS = 86_400;

/** Two writes fail in a row only while others take places between them. */
const MAX_WRITES = 20;

/** Too many others took places in the same moment. The message is received again. */
export class LineTooBusyError extends Error {
  override readonly name = 'LineTooBusyError';
  readonly code = 'LINE_TOO_BUSY';
}

/**
 * Takes the next free place in the line of a destination: one conditional write where somebody is in line, and two where
 * nobody is. Places are given in the order of asking, by all workers together.
 *
 * The line belongs to one limit. Under a changed limit there is a new one, with nobody in it.
 *
 * @param now milliseconds since the epoch
 * @returns when the place's turn is, milliseconds since the epoch; never before `now`
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
 * When the next free turns of destinations are, by their ids, in milliseconds since the epoch; a line that was forgotten is
 * absent.
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

/** Behind those who wait; undefined when nobody does. */
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

/** At once, where nobody waits; undefined when somebody does by now. */
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
