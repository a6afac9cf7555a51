import { DEAD_STATUSES, type DeliveryStatus } from './delivery';
import type { DeliveryMessage } from './message';

/** What a message in the dead-letter queue is compared with: its delivery as it stands. */
export interface DeadMessageDelivery {
  readonly status: DeliveryStatus;
  /** Attempts made over all rounds. */
  readonly made: number;
  /** Last change, milliseconds since the epoch. */
  readonly updatedAt: number;
  readonly nextAttemptAt?: number | undefined;
  readonly claimUntil?: number | undefined;
  readonly deathToken?: string | undefined;
}

/** What a message in the dead-letter queue is. */
export type DeadMessage =
  /** Its dead letter is open: queue and list agree on it. */
  | { readonly kind: 'open' }
  /** Its dead letter was closed, or something else has gone on with the delivery: a redrive would be dropped. */
  | { readonly kind: 'stale' }
  /** Its delivery may still be worked on; too soon to say. */
  | { readonly kind: 'unsettled' }
  /** SQS moved it although its attempt was never recorded. */
  | { readonly kind: 'unrecorded' }
  /** Its attempt was recorded and failed; the retry that follows was never enqueued. */
  | { readonly kind: 'retry-lost' }
  /** It asks for an attempt that its delivery has not come to: Posthorn did not write it. */
  | { readonly kind: 'foreign' };

/**
 * A delivery that nobody has touched for so long, although its attempt was due, is not being worked on: 15 minutes, the
 * longest that a function of AWS Lambda runs.
 */
export const QUIET_MS = 900_000;

/**
 * Reads from its delivery what a message in the dead-letter queue is.
 *
 * @param delivery undefined when it no longer exists
 * @param now milliseconds since the epoch
 */
export function readDeadMessage(
  delivery: DeadMessageDelivery | undefined,
  message: Pick<DeliveryMessage, 'attempt' | 'token'>,
  now: number,
): DeadMessage {
  if (!delivery) return { kind: 'stale' };
  if (DEAD_STATUSES.includes(delivery.status))
    return { kind: delivery.deathToken === message.token ? 'open' : 'stale' };
  const { status, made } = delivery;
  if (status === 'retrying' && made === message.attempt) return unlessBusy(delivery, { kind: 'retry-lost' }, now);
  if (message.attempt <= made || !UNDER_WAY.includes(status)) return { kind: 'stale' };
  if (message.attempt > made + 1) return { kind: 'foreign' };
  return unlessBusy(delivery, { kind: 'unrecorded' }, now);
}

const UNDER_WAY: readonly DeliveryStatus[] = ['pending', 'retrying', 'sent'];

function unlessBusy(delivery: DeadMessageDelivery, reading: DeadMessage, now: number): DeadMessage {
  const { updatedAt, nextAttemptAt = 0, claimUntil = 0 } = delivery;
  return now - Math.max(updatedAt, nextAttemptAt, claimUntil) > QUIET_MS ? reading : { kind: 'unsettled' };
}
