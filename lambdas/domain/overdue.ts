import type { DeliveryStatus } from './delivery';

/**
 * If a due delivery has not been touched for this long, its message is gone, unless something holds it up. It is longer
 * than any delay in the delivery queue and longer than its visibility timeout.
 */
export const STRANDED_MS = 30 * 60_000;

/** A retry this late was never enqueued, unless something holds it up. Schedules are precise to a minute. */
export const LATE_MS = 15 * 60_000;

/** The delivery being checked. Times are milliseconds since the epoch. */
export interface DueDelivery {
  readonly status: DeliveryStatus;
  readonly updatedAt: number;
  readonly claimUntil?: number | undefined;
  readonly nextAttemptAt?: number | undefined;
}

/** Whether a delivery has lost its message: it has been due, or its claim expired, for longer than `ms`. */
export function isStranded(
  { status, updatedAt, claimUntil = updatedAt }: DueDelivery,
  now: number,
  ms = STRANDED_MS,
): boolean {
  if (status === 'pending') return now - updatedAt > ms;
  return status === 'sent' && now - claimUntil > ms;
}

/** Whether the next attempt of a delivery has been due for longer than `ms`. */
export const isLate = ({ status, nextAttemptAt }: DueDelivery, now: number, ms = LATE_MS): boolean =>
  status === 'retrying' && nextAttemptAt !== undefined && now - nextAttemptAt > ms;

/**
 * Whether deliveries to a destination with a rate limit may legitimately be waiting for their turns.
 *
 * @param free the next free turn in its line, milliseconds since the epoch; undefined if nobody is in line
 */
export const mayWaitInLine = (free: number | undefined, now: number): boolean =>
  free !== undefined && now - free <= STRANDED_MS;

/** The event being checked; it has no deliveries. */
export interface UnroutedEvent {
  /** ISO 8601. */
  readonly createdAt: string;
  readonly routing?: 'no_routes' | 'requested' | undefined;
  /** When routing was asked for again, milliseconds since the epoch. */
  readonly retryAt?: number | undefined;
}

/** Whether routing of an event without deliveries was cut off. If nothing matched, it is marked `no_routes`. */
export function isCutOff({ createdAt, routing, retryAt = 0 }: UnroutedEvent, now: number): boolean {
  return routing !== 'no_routes' && now - Math.max(Date.parse(createdAt), retryAt) > STRANDED_MS;
}
