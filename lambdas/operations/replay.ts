import { ApiError } from '../http/errors';
import type { Delivery } from '../store/deliveries/delivery-items';
import type { NewDelivery } from '../store/deliveries/new-delivery';
import { type RepeatAnswer, repeatDelivery } from '../store/deliveries/repeat-delivery';
import { type AttemptRow, isDeadLetter } from '../store/lists/attempt-rows';
import type { Ports } from './ports';

/** The error for a repeat that is not possible. */
export function impossible(why: Extract<RepeatAnswer, { kind: 'impossible' }>['why']): ApiError {
  const messages = {
    'event gone': 'The event is no longer stored',
    'too many deliveries': 'The event has as many deliveries as it can have',
  };
  return new ApiError('INVALID_STATE', messages[why]);
}

/**
 * Delivers an event once more over the same connection, whatever the status of the delivery: a new delivery with the
 * same idempotency key, so receivers can recognize the repeat. It closes the delivery's open dead letter.
 *
 * @throws ApiError 409 if the event is no longer stored
 */
export async function replay(ports: Ports, delivery: Delivery): Promise<NewDelivery> {
  const { base, made } = delivery;
  const last: AttemptRow = { delivery, number: made };
  const closes = isDeadLetter(last) ? { base, ordinal: delivery.ordinal, attempt: made } : undefined;
  const repeat = { delivery, cause: 'replay' as const, now: ports.now() };
  const first = await repeatDelivery(ports.table, { ...repeat, closes }, ports);
  // If somebody else has just closed it, only the new delivery is left to make.
  const answer = first.kind === 'closed' ? await repeatDelivery(ports.table, repeat, ports) : first;
  if (answer.kind === 'impossible') throw impossible(answer.why);
  if (answer.kind === 'closed') throw new Error('A repeat without a dead letter found its dead letter closed.');
  return answer.delivery;
}
