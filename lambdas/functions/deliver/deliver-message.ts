import type { MessageOutcome } from '../../domain/acknowledgement';
import { readFailedClaim } from '../../domain/failed-claim';
import { type AttemptPorts, attempt } from './attempt';
import { type ReceivedMessage, renew } from './received-message';
import { type TriagePorts, triage } from './triage';

/** What the delivery of a message needs. */
export type DeliverPorts = TriagePorts & AttemptPorts;

/** A last message whose worker failed, because a write was throttled perhaps, is looked at again after this long. */
const RENEWAL_DELAY_MS = 60_000;

/**
 * Delivers a message. On its last receive a fault of Posthorn's own must not send it to the dead-letter queue unrecorded:
 * it is replaced by a fresh copy. Only a dying message belongs there, and no copy can take its place.
 *
 * @param report hears of an error that a fresh copy made up for
 * @throws whatever made the delivery fail, if the message has to come back or be moved
 */
export async function deliverOrRenew(
  ports: DeliverPorts,
  message: ReceivedMessage,
  report: (error: unknown) => void,
): Promise<MessageOutcome> {
  try {
    return await deliverMessage(ports, message);
  } catch (error) {
    if (!message.lastReceive || (await isDying(ports, message))) throw error;
    report(error);
    return renew(ports, message, ports.now() + RENEWAL_DELAY_MS);
  }
}

/**
 * Handles a message: claims the attempt, sends it, records it, enqueues what follows. Safe to repeat at any point: the
 * same message, or a duplicate, finds the claim or the outcome.
 */
export async function deliverMessage(ports: DeliverPorts, message: ReceivedMessage): Promise<MessageOutcome> {
  const triaged = await triage(ports, message);
  return triaged.kind === 'claimed' ? attempt(ports, message, triaged) : triaged;
}

/** Whether the delivery died on this message. If unreadable, it counts as alive: a copy loses nothing. */
async function isDying(ports: DeliverPorts, message: ReceivedMessage): Promise<boolean> {
  try {
    const delivery = await ports.readDelivery(message.base, message.ordinal);
    return readFailedClaim(delivery, message).kind === 'dying';
  } catch {
    return false;
  }
}
