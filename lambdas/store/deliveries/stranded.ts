import { TRANSITIONS } from '../../domain/delivery';
import { statusIn } from '../table/expressions';
import type { Table } from '../table/table';
import type { Delivery } from './delivery-items';
import { type TransitionAnswer, transition } from './transitions';

/**
 * Puts a delivery whose message is gone back to `pending`, in the same round, if nothing has touched it since it was read.
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
  return transition(table, delivery.base, delivery.delivery, change, condition, values);
}
