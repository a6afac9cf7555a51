import type { DeliveryStatus } from './delivery';

/**
 * What a retry of an event restarts: deliveries that have failed. One that is waiting for its next attempt, or for its
 * destination, continues by itself.
 */
const RETRIED: readonly DeliveryStatus[] = ['failed', 'partial', 'schema_failed'];

/**
 * Whether a retry requested at `askedAt` applies to a delivery. One that has changed since then was already restarted.
 *
 * @param askedAt milliseconds since the epoch
 */
export function isRetried(
  delivery: { readonly status: DeliveryStatus; readonly updatedAt: number },
  askedAt: number,
): boolean {
  return RETRIED.includes(delivery.status) && delivery.updatedAt <= askedAt;
}
