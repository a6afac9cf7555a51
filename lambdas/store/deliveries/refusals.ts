import { TRANSITIONS, triggerOf } from '../../domain/delivery';
import { expiry } from '../events/events';
import { deliveryKey } from '../table/addresses';
import { RETURN_OLD } from '../table/conditions';
import { statusIn, updateOf, withCondition } from '../table/expressions';
import type { Table } from '../table/table';
import { attentionKeys, type Delivery, type StoredAttempt } from './delivery-items';
import { laterAttempt, latestAttempt, type RecordSettings } from './outcomes';
import { type TransitionAnswer, writeDelivery } from './transitions';

/** The attempt that a schema prevented: it counts as failed, and nothing was sent. */
export const refusedAttempt = (
  delivery: Pick<Delivery, 'made' | 'roundStart' | 'cause'>,
  errorMessage: string,
  at: number,
): StoredAttempt => ({
  number: delivery.made + 1,
  trigger: triggerOf(delivery.cause, delivery.made + 1 - delivery.roundStart),
  startedAt: at,
  latencyMs: 0,
  errorCode: 'schema_invalid',
  errorMessage,
});

/**
 * Records that its connection's schema refuses a pending delivery. One conditional write, refused if the delivery has
 * moved on.
 *
 * @param now milliseconds since the epoch
 */
export async function refuseDelivery(
  table: Table,
  delivery: Delivery,
  problem: string,
  now: number,
  settings: RecordSettings,
): Promise<TransitionAnswer> {
  const attempt = refusedAttempt(delivery, problem, now);
  const update = refusalParameters(table.name, delivery, attempt, now, settings);
  return writeDelivery(table, update, laterAttempt(table.name, { delivery, attempt, now }, settings));
}

/** The parameters of {@link refuseDelivery}'s update. */
export function refusalParameters(
  table: string,
  delivery: Delivery,
  attempt: StoredAttempt,
  now: number,
  settings: RecordSettings,
) {
  const { from, to } = TRANSITIONS.refuse;
  const allowed = statusIn(from);
  const set = {
    status: to,
    made: attempt.number,
    updatedAt: now,
    expiresAt: expiry(now, settings.retentionDays),
    ...latestAttempt(attempt),
    ...attentionKeys(delivery, to, settings.shards),
  };
  const change = updateOf({ set, remove: ['claims', 'nextAttemptAt'] });
  return {
    TableName: table,
    Key: deliveryKey(delivery.base, delivery.ordinal),
    ...withCondition(change, `${allowed.condition} AND made = :before AND roundStart = :round`, {
      values: { ...allowed.values, ':before': delivery.made, ':round': delivery.roundStart },
    }),
    ...RETURN_OLD,
  };
}
