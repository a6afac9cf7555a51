import type { DeliveryStatus } from '../domain/delivery';

/**
 * What deliveries are counted as. `pending` and `sent` are one count, `open`: every delivery takes the step between
 * them and no statistic shows it, so its stream records are filtered out and cost nothing.
 */
export const COUNTS = ['open', 'retrying', 'delivered', 'failed', 'circuit_open', 'schema_failed', 'partial'] as const;

export type Count = (typeof COUNTS)[number];

/** The count that a delivery in `status` belongs to. */
export const countOf = (status: DeliveryStatus): Count => (status === 'pending' || status === 'sent' ? 'open' : status);

/** Attributes of the items that hold counts. Each is a number that is only ever added to. */
export const ATTRIBUTES = {
  /** Deliveries by current status. */
  count: (count: Count): string => `n_${count}`,
  /** Deliveries ever made; removals are not subtracted. */
  made: 'n_made',
  /** Open dead letters. */
  dead: 'n_dead',
  /** Events of an environment: in the lifetime counts those that exist, in a bucket those that came in. */
  events: 'n_events',
  /** Events of an hour that have become deliveries: those whose first delivery was made. */
  routed: 'n_routed',
  /** Events ever received from one source, or deliveries ever made over one connection. */
  of: (id: string): string => id,
  /** When the latest of those was accepted; ISO 8601. */
  lastOf: (id: string): string => `last_${id}`,
  /** When the latest delivery was delivered; milliseconds since the epoch. */
  lastDelivered: 'last_delivered',
  /** Sum of the latencies in the histogram, in milliseconds. */
  latencySum: 'latency_sum',
  /** One bin of the latency histogram. */
  bin: (bin: string): string => `h${bin}`,
} as const;

/** The deliveries of each count. */
export type Counts = Readonly<Record<Count, number>>;

/** A number of an item, 0 if absent. Changes may arrive out of order, so negative numbers read as 0. */
export function readNumber(item: Readonly<Record<string, unknown>> | undefined, attribute: string): number {
  const value = item?.[attribute];
  return typeof value === 'number' ? Math.max(0, value) : 0;
}

/** The counts that an item holds. */
export function readCounts(item: Readonly<Record<string, unknown>> | undefined): Counts {
  const entries = COUNTS.map((count) => [count, readNumber(item, ATTRIBUTES.count(count))]);
  return Object.fromEntries(entries) as Counts;
}
