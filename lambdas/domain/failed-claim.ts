import { DEAD_STATUSES, type DeliveryStatus } from './delivery';
import type { DeliveryMessage } from './message';

/** The delivery as it was when the claim's condition failed. */
export interface UnclaimedDelivery {
  readonly status: DeliveryStatus;
  /** Attempts made over all rounds. */
  readonly made: number;
  /** When the next attempt is due, milliseconds since the epoch; only while retrying. */
  readonly nextAttemptAt?: number | undefined;
  /** Until when a claim holds, milliseconds since the epoch. */
  readonly claimUntil?: number | undefined;
  readonly deathToken?: string | undefined;
  readonly deathMessageId?: string | undefined;
}

/** What a failed claim means for its message. */
export type FailedClaim =
  /** There is nothing left to do for this message; `why` is for the log. */
  | { readonly kind: 'drop'; readonly why: 'gone' | 'settled' | 'parked' | 'stale' }
  /** The attempt was made and failed; a worker may have crashed before it enqueued the retry. */
  | { readonly kind: 'ensure-retry'; readonly nextAttemptAt: number }
  /** Another worker holds the claim. */
  | { readonly kind: 'busy'; readonly until: number }
  /** The delivery is dead, and SQS has to move this message to the dead-letter queue. */
  | { readonly kind: 'dying' }
  /** The delivery is dead and its message has come back from the dead-letter queue. */
  | { readonly kind: 'redriven' };

/**
 * Decides from the delivery why a message could not claim it.
 *
 * @param delivery undefined when it no longer exists
 * @param message the message, and the id under which SQS delivered it
 */
export function readFailedClaim(
  delivery: UnclaimedDelivery | undefined,
  message: DeliveryMessage & { readonly messageId: string },
): FailedClaim {
  if (!delivery) return { kind: 'drop', why: 'gone' };
  if (DEAD_STATUSES.includes(delivery.status)) return readDeath(delivery, message);
  if (message.attempt <= delivery.made) return readSettled(delivery, message);
  if (delivery.status === 'circuit_open') return { kind: 'drop', why: 'parked' };
  if (delivery.status === 'sent' && delivery.claimUntil !== undefined)
    return { kind: 'busy', until: delivery.claimUntil };
  return { kind: 'drop', why: 'stale' };
}

function readDeath(delivery: UnclaimedDelivery, message: DeliveryMessage & { messageId: string }): FailedClaim {
  if (delivery.deathToken !== message.token) return { kind: 'drop', why: 'stale' };
  return { kind: delivery.deathMessageId === message.messageId ? 'dying' : 'redriven' };
}

function readSettled(delivery: UnclaimedDelivery, message: DeliveryMessage): FailedClaim {
  const retryFollows = delivery.status === 'retrying' && delivery.made === message.attempt;
  if (retryFollows && delivery.nextAttemptAt !== undefined) {
    return { kind: 'ensure-retry', nextAttemptAt: delivery.nextAttemptAt };
  }
  return { kind: 'drop', why: 'settled' };
}
