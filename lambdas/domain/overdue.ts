import type { DeliveryStatus } from './delivery';

/**
 * A delivery that is due, and that nobody has touched for so long, has no message any more, unless something holds it up.
 * Longer than any delay in the delivery queue and than the queue hides a message from other workers.
 */
export const STRANDED_MS = 30 * 60_000;

/** A retry that is so late was never enqueued, unless something holds it up. Schedules are precise to a minute. */
export const LATE_MS = 15 * 60_000;

/** What is judged of a delivery. Times are milliseconds since the epoch. */
export interface DueDelivery {
  readonly status: DeliveryStatus;
  readonly updatedAt: number;
  readonly claimUntil?: number | undefined;
  readonly nextAttemptAt?: number | undefined;
}

/** Whether the message that would move a delivery on is gone: it is due, or its worker is gone, for long. */
export function isStranded({ status, updatedAt, claimUntil = updatedAt }: DueDelivery, now: number): boolean {
  if (status === 'pending') return now - updatedAt > STRANDED_MS;
  return status === 'sent' && now - claimUntil > STRANDED_MS;
}

/** Whether the next attempt of a delivery should have been made long ago. */
export const isLate = ({ status, nextAttemptAt }: DueDelivery, now: number): boolean =>
  status === 'retrying' && nextAttemptAt !== undefined && now - nextAttemptAt > LATE_MS;

/**
 * Whether deliveries of a destination with a rate limit may be waiting for their turns, and rightly so.
 *
 * @param free when the next free turn of its line is, milliseconds since the epoch; undefined when nobody is in line
 */
export const mayWaitInLine = (free: number | undefined, now: number): boolean =>
  free !== undefined && now - free <= STRANDED_MS;

/** What is judged of an event without deliveries. */
export interface UnroutedEvent {
  /** ISO 8601. */
  readonly createdAt: string;
  readonly routing?: 'no_routes' | 'requested' | undefined;
  /** When routing was asked for again, milliseconds since the epoch. */
  readonly retryAt?: number | undefined;
}

/** Whether the routing of an event that has no deliveries was cut off. One that matched no connection bears a mark. */
export function isCutOff({ createdAt, routing, retryAt = 0 }: UnroutedEvent, now: number): boolean {
  return routing !== 'no_routes' && now - Math.max(Date.parse(createdAt), retryAt) > STRANDED_MS;
}
