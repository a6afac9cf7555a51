import type { Destination } from '../../configuration/destination';
import { mustWait } from '../../domain/breaker';
import { stepOf, type Turn } from '../../domain/rate-limit';
import type { DueAttempt } from '../../queue/enqueue';
import type { Delivery } from '../../store/deliveries/delivery-items';
import { dueAttempt, isOpen, type ReceivedMessage } from './received-message';

/** What waiting for a turn needs. Times are milliseconds since the epoch. */
export interface TurnPorts {
  readDelivery(base: string, ordinal: number): Promise<Delivery | undefined>;
  /** Takes the next place in the line of a destination with a rate limit; returns when its turn is. */
  takePlace(destination: string, rate: number, now: number): Promise<number>;
  /** Enqueues a message with its place in line, to be received shortly before its turn at the latest. */
  enqueueTurn(due: DueAttempt, at: number, now: number): Promise<void>;
  wait(ms: number): Promise<void>;
  now(): number;
}

/** What a rate limit means for a message. */
export type TurnAnswer =
  | { readonly kind: 'go' }
  /** It is back in the queue with its place, and returns for its turn. */
  | { readonly kind: 'queued'; readonly until: number }
  /** There is no attempt to make, so nothing to wait in line for. */
  | { readonly kind: 'nothing-to-send'; readonly delivery: Delivery | undefined };

/**
 * Waits for a message's turn if its destination has a rate limit. Waiting uses up no attempt and no receive: a turn
 * that is some time off is waited for in the queue, as a new message that keeps its place.
 *
 * The delivery is read before a place is asked for: dying, duplicate and redriven messages must be recognized first,
 * because a copy in the queue would have another token.
 */
export async function takeTurn(
  ports: TurnPorts,
  message: ReceivedMessage,
  destination: Destination | undefined,
): Promise<TurnAnswer> {
  const rate = destination?.rateLimit;
  // A delivery that will be parked needs no place in line.
  if (!destination || rate === undefined || mustWait(destination, ports.now())) return { kind: 'go' };
  const delivery = await ports.readDelivery(message.base, message.ordinal);
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
