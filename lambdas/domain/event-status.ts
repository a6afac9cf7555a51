import type { DeliveryStatus } from './delivery';

/** Statuses of an event, derived from its deliveries. */
export const EVENT_STATUSES = ['pending', 'delivered', 'failed', 'partial', 'no_routes'] as const;
export type EventStatus = (typeof EVENT_STATUSES)[number];

const FAILED: readonly DeliveryStatus[] = ['failed', 'schema_failed'];
const SETTLED: readonly DeliveryStatus[] = ['delivered', 'partial', ...FAILED];

/**
 * The status of an event: pending until all its deliveries have ended, then their common status, or partial.
 *
 * @param unrouted whether routing found no connection for it
 */
export function eventStatus(unrouted: boolean, deliveries: readonly DeliveryStatus[]): EventStatus {
  if (deliveries.length === 0) return unrouted ? 'no_routes' : 'pending';
  if (!deliveries.every((status) => SETTLED.includes(status))) return 'pending';
  if (deliveries.every((status) => status === 'delivered')) return 'delivered';
  return deliveries.every((status) => FAILED.includes(status)) ? 'failed' : 'partial';
}
