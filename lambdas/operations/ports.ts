import type { KnownLetters } from '../store/lists/dead-letters';
import type { KnownTotal } from '../store/lists/delivery-lists';
import type { Table } from '../store/table/table';

/** What the operations on deliveries need from outside. */
export interface Ports {
  readonly table: Table;
  readonly shards: number;
  readonly retentionDays: number;
  /** How many days after an attempt its bodies are shown. */
  readonly bodyRetentionDays: number;
  /** Totals from the counters; without it, lists are counted. */
  readonly knownTotal?: KnownTotal | undefined;
  readonly knownLetters?: KnownLetters | undefined;
  /** Milliseconds since the epoch. */
  now(): number;
}
