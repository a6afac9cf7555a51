import { allows } from '../domain/delivery';
import { ApiError } from '../http/errors';
import type { Delivery } from '../store/delivery-items';
import type { Table } from '../store/table';
import { restart } from '../store/transitions';

/** A delivery may move on between reading and writing it; so often a retry looks again. */
const MAX_LOOKS = 3;

/**
 * Starts a fresh round of attempts for a delivery.
 *
 * @throws ApiError 409 when it is pending, being sent or delivered
 */
export async function retryDelivery(table: Table, delivery: Delivery, now: number): Promise<void> {
  let current: Delivery | undefined = delivery;
  for (let look = 0; look < MAX_LOOKS && current && allows('retry', current.status); look += 1) {
    const answer = await restart(table, current, 'manual', now);
    if (answer.kind === 'done') return;
    current = answer.delivery;
  }
  throw new ApiError('INVALID_STATE', 'Delivery is already pending or delivered');
}
