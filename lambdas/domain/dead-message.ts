import { DEAD_STATUSES, type DeliveryStatus } from './delivery';
import type { DeliveryMessage } from './message';

/** The delivery that a message in the dead-letter queue is compared with. */
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
  /** Its dead letter was closed, or the delivery has moved on: a redrive would be dropped. */
  | { readonly kind: 'stale' }
  /** A worker may still be busy with its delivery; too soon to tell. */
  | { readonly kind: 'unsettled' }
  /** SQS moved it although its attempt was never recorded. */
  | { readonly kind: 'unrecorded' }
  /** Its attempt was recorded and failed; the retry that follows was never enqueued. */
  | { readonly kind: 'retry-lost' }
  /** It asks for an attempt that its delivery has not reached: Posthorn did not write it. */
  | { readonly kind: 'foreign' };

/**
 * If a due delivery has not been touched for this long, no worker is busy with it: 15 minutes is the longest that a
 * Lambda function runs.
 */
export const QUIET_MS = 900_000;

/**
 * Classifies a message in the dead-letter queue by its delivery.
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
