import type { KnownLetters } from '../store/lists/dead-letters';
import type { KnownTotal } from '../store/lists/delivery-lists';
import type { Table } from '../store/table/table';

/** What the operations on deliveries need from the world. */
export interface Ports {
  readonly table: Table;
  readonly shards: number;
  readonly retentionDays: number;
  /** Bodies that were sent and received are shown for so many days after their attempt. */
  readonly bodyRetentionDays: number;
  /** Answers totals that somebody keeps; without it they are counted. */
  readonly knownTotal?: KnownTotal | undefined;
  readonly knownLetters?: KnownLetters | undefined;
  /** Milliseconds since the epoch. */
  now(): number;
}
