import { openTargets, targetMark } from '../../domain/targets';
import type { Delivery } from '../../store/deliveries/delivery-items';
import type { StoredEvent } from '../../store/events/events';
import type { ReceivedMessage } from './received-message';
import type { TransportOf } from './transports/registry';
import type { Exchange } from './transports/transport';
import type { Claimed } from './triage';

/** What sending needs. */
export interface SendPorts {
  readonly transportOf: TransportOf;
  readEvent(base: string): Promise<StoredEvent | undefined>;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** What came of an attempt. */
export interface Attempted {
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** With every target that was sent to. There is none when all have accepted before, or when sending was impossible. */
  readonly exchanges: readonly Exchange[];
  /** Marks of all targets that have accepted so far. */
  readonly accepted: readonly string[];
  /** Why nothing could be sent; trying again would not help. */
  readonly impossible?: string;
}

/** Sends an event side by side to every target of its destination that has not accepted it before. */
export async function sendToTargets(
  ports: SendPorts,
  message: ReceivedMessage,
  { delivery, timeoutMs, admitted: { destination } }: Claimed,
): Promise<Attempted> {
  const startedAt = ports.now();
  const { accepted = [] } = delivery;
  const fail = (impossible: string): Attempted => ({ startedAt, exchanges: [], accepted, impossible });
  if (isHopeless(message, delivery))
    return fail(`The worker failed ${crashesOf(delivery)} times before it could record the attempt`);
  if (!destination) return fail('The destination was deleted');
  const event = await ports.readEvent(message.base);
  if (!event) return fail('The event is no longer stored');
  const send = ports.transportOf(destination);
  const sending = { event, delivery, destination, startedAt, timeoutMs };
  const targets = openTargets(destination, accepted);
  const exchanges = await Promise.all(targets.map((target) => send({ ...sending, target })));
  const now = exchanges.filter(({ result }) => result.kind === 'accepted').map(({ target }) => targetMark(target));
  return { startedAt, exchanges, accepted: [...accepted, ...now] };
}

/** How many workers claimed the attempt before and never recorded it. */
const crashesOf = ({ claims = 1 }: Delivery): number => claims - 1;

/**
 * Whether every receive of the message so far ended with a crashed worker: then the delivery itself brings them down,
 * and the last receive records its death.
 */
export function isHopeless({ lastReceive, maxReceives }: ReceivedMessage, delivery: Delivery): boolean {
  return lastReceive && crashesOf(delivery) >= maxReceives - 1;
}
