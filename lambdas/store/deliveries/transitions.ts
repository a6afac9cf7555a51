import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { DEAD_STATUSES, TRANSITIONS, type Trigger } from '../../domain/delivery';
import { deadLetterKey, deliveryKey } from '../table/addresses';
import { RETURN_OLD, writeIf } from '../table/conditions';
import { type Change, statusIn, updateOf, withCondition } from '../table/expressions';
import type { Table } from '../table/table';
import { type TransactItems, transact } from '../table/transact';
import { attentionKeys, type Delivery, parseDelivery } from './delivery-items';

/** The result of a transition: done, or refused because the delivery has moved on. */
export type TransitionAnswer =
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly delivery: Delivery | undefined };

/**
 * Starts a new round of attempts: back to `pending`, with the attempt count at zero and the dead letter closed. The
 * stream enqueues the delivery, so this one write is all that is needed.
 *
 * @param delivery as it was read; the write fails if it has changed since
 * @param cause `redrive` applies to dead deliveries only; every other cause to what the transition `retry` allows
 * @param now milliseconds since the epoch
 * @param recovery the job that does it, if any, so that a repeat of its work can see what is done
 */
export async function restart(
  table: Table,
  delivery: Delivery,
  cause: Trigger,
  now: number,
  recovery?: string,
): Promise<TransitionAnswer> {
  const { base, made } = delivery;
  const update = restartParameters(table.name, delivery, cause, now, recovery);
  const Key = deadLetterKey(base, delivery.ordinal, made);
  const letters = DEAD_STATUSES.includes(delivery.status) ? [{ Delete: { TableName: table.name, Key } }] : [];
  return writeDelivery(table, update, letters);
}

/** The parameters of {@link restart}'s update. */
export function restartParameters(table: string, delivery: Delivery, cause: Trigger, now: number, recovery?: string) {
  const { from, to } = TRANSITIONS[cause === 'redrive' ? 'redrive' : 'retry'];
  const allowed = statusIn(from);
  const change = updateOf({
    set: { status: to, cause, roundStart: delivery.made, updatedAt: now, ...(recovery !== undefined && { recovery }) },
    remove: ['nextAttemptAt', 'deathToken', 'deathMessageId', 'claims', 'claimId', 'claimUntil', 'attPk', 'attSk'],
  });
  return {
    TableName: table,
    Key: deliveryKey(delivery.base, delivery.ordinal),
    ...withCondition(change, `${allowed.condition} AND made = :made AND roundStart = :round`, {
      values: { ...allowed.values, ':made': delivery.made, ':round': delivery.roundStart },
    }),
    ...RETURN_OLD,
  };
}

/**
 * Parks a delivery because its destination accepts nothing at the moment. It costs nothing until it is resumed, and
 * uses up no attempt. A valid claim prevents parking; an expired one does not, or the message of a lost worker would
 * come back again and again while the destination is paused.
 */
export async function park(table: Table, delivery: Delivery, now: number, shards: number): Promise<TransitionAnswer> {
  const { from, to } = TRANSITIONS.park;
  const [pending, retrying, sent] = from;
  const set = { status: to, updatedAt: now, ...attentionKeys(delivery, to, shards) };
  const change = { set, remove: ['nextAttemptAt', 'claimId', 'claimUntil'] };
  const condition =
    'made = :made AND (#status IN (:pending, :retrying) OR (#status = :sent AND #claimUntil < :updatedAt))';
  const values = { ':pending': pending, ':retrying': retrying, ':sent': sent, ':made': delivery.made };
  return transition(table, delivery.base, delivery.ordinal, change, condition, values);
}

/** Puts a parked delivery back to `pending`, in the round it was parked in. The stream enqueues it. */
export async function resume(table: Table, delivery: Delivery, now: number): Promise<TransitionAnswer> {
  const { from, to } = TRANSITIONS.resume;
  const allowed = statusIn(from);
  const change = { set: { status: to, updatedAt: now }, remove: ['attPk', 'attSk'] };
  return transition(table, delivery.base, delivery.ordinal, change, allowed.condition, allowed.values);
}

/**
 * Puts a delivery whose next attempt is due but was never enqueued back to `pending`, in the same round. The stream
 * enqueues it; should the lost message turn up after all, one of the two finds the attempt made.
 */
export async function enqueueAgain(table: Table, delivery: Delivery, now: number): Promise<TransitionAnswer> {
  const { from, to } = TRANSITIONS.enqueueAgain;
  const allowed = statusIn(from);
  const change = { set: { status: to, updatedAt: now }, remove: ['nextAttemptAt', 'attPk', 'attSk'] };
  const values = { ...allowed.values, ':made': delivery.made };
  return transition(table, delivery.base, delivery.ordinal, change, `${allowed.condition} AND made = :made`, values);
}

/**
 * Puts a delivery whose message is gone back to `pending`, in the same round, if it has not changed since it was read.
 * The stream enqueues it; should the message turn up after all, one of the two finds the other's claim.
 *
 * @param now milliseconds since the epoch
 */
export async function enqueueStranded(table: Table, delivery: Delivery, now: number): Promise<TransitionAnswer> {
  const { from, to } = TRANSITIONS.enqueueStranded;
  const allowed = statusIn(from);
  const change = { set: { status: to, updatedAt: now }, remove: ['claimId', 'claimUntil'] };
  const condition = `${allowed.condition} AND made = :made AND #updatedAt = :read`;
  const values = { ...allowed.values, ':made': delivery.made, ':read': delivery.updatedAt };
  return transition(table, delivery.base, delivery.ordinal, change, condition, values);
}

/** Makes one change of a delivery under one condition. */
async function transition(
  table: Table,
  base: string,
  ordinal: number,
  change: Change,
  condition: string,
  values: Record<string, unknown>,
): Promise<TransitionAnswer> {
  const parts = withCondition(updateOf(change), condition, { values });
  return writeDelivery(table, { TableName: table.name, Key: deliveryKey(base, ordinal), ...parts, ...RETURN_OLD });
}

/**
 * Updates a delivery if the condition of the update holds, and writes what belongs to it in the same transaction.
 *
 * @param update asks with `RETURN_OLD` for the delivery that a refusal shows
 * @param others without conditions
 */
export async function writeDelivery(
  table: Table,
  update: NonNullable<TransactItems[number]['Update']>,
  others: TransactItems = [],
): Promise<TransitionAnswer> {
  const answer =
    others.length === 0
      ? await writeIf(table, new UpdateCommand(update))
      : await transact(table, [{ Update: update }, ...others]);
  if (answer.kind === 'done') return { kind: 'done' };
  const item = 'reasons' in answer ? answer.reasons[0]?.item : answer.item;
  return { kind: 'refused', delivery: item && parseDelivery(item) };
}
