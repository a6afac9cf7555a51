import { allows, type DeliveryStatus, type Trigger } from '../domain/delivery';
import { ApiError } from '../http/errors';
import type { Delivery } from '../store/deliveries/delivery-items';
import { restart } from '../store/deliveries/transitions';
import type { Ports } from './ports';

/** How often a retry reads a delivery again that moved on between reading and writing. */
const MAX_LOOKS = 3;

/**
 * Starts a fresh round of attempts.
 *
 * @param from the statuses to start from, among those that the transition allows
 * @returns the delivery as it was before, or undefined if its status does not allow a new round
 */
export async function startRound(
  { table, now }: Ports,
  delivery: Delivery,
  cause: Trigger,
  from?: readonly DeliveryStatus[],
): Promise<Delivery | undefined> {
  const may = ({ status }: Delivery) => allows('retry', status) && (from?.includes(status) ?? true);
  let current: Delivery | undefined = delivery;
  for (let look = 0; look < MAX_LOOKS && current && may(current); look += 1) {
    const answer = await restart(table, current, cause, now());
    if (answer.kind === 'done') return restarted(current, cause, now());
    current = answer.delivery;
  }
  return undefined;
}

/** The delivery after its round was started. */
function restarted(delivery: Delivery, cause: Trigger, now: number): Delivery {
  const { deathToken, deathMessageId, nextAttemptAt, claimId, claimUntil, claims, ...rest } = delivery;
  return { ...rest, status: 'pending', cause, roundStart: delivery.made, updatedAt: now };
}

/**
 * Starts a new round of attempts because somebody asked for it.
 *
 * @returns the delivery, pending
 * @throws ApiError 409 if it is pending, being sent or delivered
 */
export async function retryDelivery(ports: Ports, delivery: Delivery): Promise<Delivery> {
  const pending = await startRound(ports, delivery, 'manual');
  if (!pending) throw new ApiError('INVALID_STATE', 'Delivery is already pending or delivered');
  return pending;
}
