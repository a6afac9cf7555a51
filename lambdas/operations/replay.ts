import { ApiError } from '../http/errors';
import type { Delivery } from '../store/deliveries/delivery-items';
import type { NewDelivery } from '../store/deliveries/new-delivery';
import { type RepeatAnswer, repeatDelivery } from '../store/deliveries/repeat-delivery';
import { type AttemptRow, isDeadLetter } from '../store/lists/attempt-rows';
import type { Ports } from './ports';

/** The refusal of a repetition that cannot be. */
export function impossible(why: Extract<RepeatAnswer, { kind: 'impossible' }>['why']): ApiError {
  const messages = {
    'event gone': 'The event is no longer stored',
    'too many deliveries': 'The event has as many deliveries as it can have',
  };
  return new ApiError('INVALID_STATE', messages[why]);
}

/**
 * Delivers an event once more over the same connection, however the delivery stands: a new delivery with the same
 * idempotency key, by which the receiver knows the repetition. An open dead letter of the delivery is closed by it.
 *
 * @throws ApiError 409 when the event is not stored any more
 */
export async function replay(ports: Ports, delivery: Delivery): Promise<NewDelivery> {
  const { base, made } = delivery;
  const last: AttemptRow = { delivery, number: made };
  const closes = isDeadLetter(last) ? { base, delivery: delivery.delivery, attempt: made } : undefined;
  const repeat = { delivery, cause: 'replay' as const, now: ports.now() };
  const first = await repeatDelivery(ports.table, { ...repeat, closes }, ports);
  // Closed by somebody else in this moment: then there is only the new delivery to make.
  const answer = first.kind === 'closed' ? await repeatDelivery(ports.table, repeat, ports) : first;
  if (answer.kind === 'impossible') throw impossible(answer.why);
  if (answer.kind === 'closed') throw new Error('A repetition that closes nothing was told that it is closed.');
  return answer.delivery;
}
