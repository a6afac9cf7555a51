import type { DeliveryStatus } from '../domain/delivery';

/**
 * What deliveries are counted as. `pending` and `sent` are one count, `open`: the step between them is the one change
 * that every delivery makes and that no statistic shows, so its stream records are kept out and never paid for.
 */
export const COUNTS = ['open', 'retrying', 'delivered', 'failed', 'circuit_open', 'schema_failed', 'partial'] as const;

export type Count = (typeof COUNTS)[number];

/** The count that a delivery in `status` is part of. */
export const countOf = (status: DeliveryStatus): Count => (status === 'pending' || status === 'sent' ? 'open' : status);

/** Attributes of the items that hold counts. Each is a number that is only ever added to. */
export const ATTRIBUTES = {
  /** Deliveries as they stand. */
  count: (count: Count): string => `n_${count}`,
  /** Deliveries that were ever made; removals are not taken off. */
  made: 'n_made',
  /** Open dead letters. */
  dead: 'n_dead',
  /** Events of an environment: in the lifetime counts those that exist, in a bucket those that came in. */
  events: 'n_events',
  /** Events of an hour that have become deliveries: those whose first delivery was made. */
  routed: 'n_routed',
  /** Events of one source, or deliveries over one connection, that ever were. */
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

/** A number of an item that may not have it yet. Changes may arrive out of order: below zero reads as zero. */
export function readNumber(item: Readonly<Record<string, unknown>> | undefined, attribute: string): number {
  const value = item?.[attribute];
  return typeof value === 'number' ? Math.max(0, value) : 0;
}

/** The counts that an item holds. */
export function readCounts(item: Readonly<Record<string, unknown>> | undefined): Counts {
  const entries = COUNTS.map((count) => [count, readNumber(item, ATTRIBUTES.count(count))]);
  return Object.fromEntries(entries) as Counts;
}
