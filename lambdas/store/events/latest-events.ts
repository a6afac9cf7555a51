import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { eventKey } from '../table/addresses';
import { ABSENT, writeIf } from '../table/conditions';
import { updateOf, withCondition } from '../table/expressions';
import type { Table } from '../table/table';
import { transact } from '../table/transact';
import { newEventItem, type StoredEvent } from './events';

/**
 * Writes an event and records in the first one under the same key that this is the latest. Every use of a key goes
 * through its first event, so of two at the same time one finds the other. The first event is kept until the latest
 * one's window is over: otherwise a repeat would find nothing.
 *
 * @returns false when the first event has changed since it was read
 */
export async function putLatestEvent(
  table: Table,
  event: StoredEvent,
  first: StoredEvent,
  windowMs: number,
  { shards, retentionDays }: { readonly shards: number; readonly retentionDays: number },
): Promise<boolean> {
  const Item = newEventItem(event, shards, retentionDays);
  const answer = await transact(table, [
    { Put: { TableName: table.name, Item, ConditionExpression: ABSENT } },
    { Update: { TableName: table.name, Key: eventKey(first.base), ...latestParameters(event, first, windowMs) } },
  ]);
  return answer.kind === 'done';
}

/** The update of the first event. */
function latestParameters(event: StoredEvent, first: StoredEvent, windowMs: number) {
  const { base, createdAt: at, fingerprint } = event;
  const needed = Math.ceil((Date.parse(at) + windowMs) / 1000);
  const set = { latest: { base, at, fingerprint }, expiresAt: Math.max(first.expiresAt ?? 0, needed) };
  const { condition, names, values } = unchanged(first);
  return withCondition(updateOf({ set }), condition, { names, values });
}

/** Deletes an expired event, as the table would, unless it has changed. */
export async function forgetEvent(table: Table, event: StoredEvent): Promise<void> {
  const { condition, names, values } = unchanged(event);
  const command = new DeleteCommand({
    TableName: table.name,
    Key: eventKey(event.base),
    ConditionExpression: condition,
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  });
  // Refused: changed, or deleted already. Whoever wants its place looks again.
  await writeIf(table, command);
}

function unchanged({ expiresAt, latest }: StoredEvent) {
  const condition = '#expiresAt = :seen AND ';
  const names = { '#expiresAt': 'expiresAt', '#latest': 'latest' };
  const values = { ':seen': expiresAt };
  if (!latest) return { condition: `${condition}attribute_not_exists(#latest)`, names, values };
  return {
    condition: `${condition}#latest.#base = :before`,
    names: { ...names, '#base': 'base' },
    values: { ...values, ':before': latest.base },
  };
}
