import type { MessageOutcome } from '../../domain/acknowledgement';
import { readFailedClaim } from '../../domain/failed-claim';
import { deliverMessage, renew } from './deliver-message';
import type { DeliverPorts, ReceivedMessage } from './ports';

/** After a failure that is ours, such as a throttled write, a last message is looked at again after this long. */
const RENEWAL_DELAY_MS = 60_000;

/**
 * Delivers a message. On its last receive a failure of ours must not send it to the dead-letter queue unrecorded: it is
 * replaced by a fresh copy. Only a dying message belongs there, and no copy can take its place.
 *
 * @param report told of a failure that is answered by a fresh copy
 * @throws whatever made the delivery fail, where the message is to come back or to be moved
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

/** Whether the delivery died by this message. What cannot be read counts as alive: a copy of its message loses nothing. */
async function isDying(ports: DeliverPorts, message: ReceivedMessage): Promise<boolean> {
  try {
    const delivery = await ports.readDelivery(message.base, message.delivery);
    return readFailedClaim(delivery, message).kind === 'dying';
  } catch {
    return false;
  }
}
