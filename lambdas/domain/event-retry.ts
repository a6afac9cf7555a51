import type { DeliveryStatus } from './delivery';

/**
 * Deliveries that a retry of their event starts again: those that have come to a bad end. One that is waiting for its
 * next attempt, or for its destination, goes on by itself.
 */
const RETRIED: readonly DeliveryStatus[] = ['failed', 'partial', 'schema_failed'];

/**
 * Whether a retry of an event that was asked for at `askedAt` concerns a delivery. One that changed later than that has
 * been started again already.
 *
 * @param askedAt milliseconds since the epoch
 */
export function isRetried(
  delivery: { readonly status: DeliveryStatus; readonly updatedAt: number },
  askedAt: number,
): boolean {
  return RETRIED.includes(delivery.status) && delivery.updatedAt <= askedAt;
}
