import type { Destination } from '../../configuration/destination';
import { mustWait } from '../../domain/breaker';
import { stepOf, type Turn } from '../../domain/rate-limit';
import type { DueAttempt } from '../../queue/enqueue';
import type { Delivery } from '../../store/deliveries/delivery-items';
import { dueAttempt, isOpen, type ReceivedMessage } from './received-message';

/** What waiting for a turn needs. Times are milliseconds since the epoch. */
export interface TurnPorts {
  readDelivery(base: string, delivery: number): Promise<Delivery | undefined>;
  /** Takes the next place in the line of a destination with a rate limit; answers when its turn is. */
  takePlace(destination: string, rate: number, now: number): Promise<number>;
  /** Puts a message that has its place in line into the queue, to be back shortly before its turn at the latest. */
  enqueueTurn(due: DueAttempt, at: number, now: number): Promise<void>;
  wait(ms: number): Promise<void>;
  now(): number;
}

/** What a rate limit says to a message. */
export type TurnAnswer =
  | { readonly kind: 'go' }
  /** It is in the queue again, with its place, to come back for its turn. */
  | { readonly kind: 'queued'; readonly until: number }
  /** Its attempt is not there to be made: nothing for which to stand in line. */
  | { readonly kind: 'nothing-to-send'; readonly delivery: Delivery | undefined };

/**
 * Waits for a message's turn, where its destination has a rate limit. Waiting spends no attempt and no receive: a turn that
 * is some time off is waited for in the queue, as a new message that keeps the place.
 *
 * The delivery is read before a place is asked for: a message that is dying, a duplicate or a redriven one must be told so
 * at once. A copy of it would have another token.
 */
export async function takeTurn(
  ports: TurnPorts,
  message: ReceivedMessage,
  destination: Destination | undefined,
): Promise<TurnAnswer> {
  const rate = destination?.rateLimit;
  // What is going to be parked stands in no line.
  if (!destination || rate === undefined || mustWait(destination, ports.now())) return { kind: 'go' };
  const delivery = await ports.readDelivery(message.base, message.delivery);
  if (!isOpen(message, delivery)) return { kind: 'nothing-to-send', delivery };
  let turn = message.turn;
  if (!turn || stepOf(turn, rate, ports.now()) === 'ask')
    turn = await newTurn(ports, destination.id, rate, message.turn);
  const step = stepOf(turn, rate, ports.now());
  if (step === 'queue') {
    await ports.enqueueTurn({ ...dueAttempt(message), turn }, turn.at, ports.now());
    return { kind: 'queued', until: turn.at };
  }
  if (step === 'wait') await ports.wait(turn.at - ports.now());
  return { kind: 'go' };
}

async function newTurn(ports: TurnPorts, destination: string, rate: number, before?: Turn): Promise<Turn> {
  const at = await ports.takePlace(destination, rate, ports.now());
  const places = before?.rate === rate ? before.places + 1 : 1;
  return { at, rate, places };
}
