import type { Table } from '../../store/table/table';

/** What looking for something to mend needs from the world. Times are milliseconds. */
export interface MendDependencies {
  readonly table: Table;
  readonly shards: number;
  /** A run begins nothing new after this long. */
  readonly timeLimitMs: number;
  now(): number;
  /** Whether the delivery queue has a backlog. */
  hasBacklog(): Promise<boolean>;
}

/** How many repairs were made, and where to go on; undefined to begin at the oldest. */
export interface Mended {
  readonly mended: number;
  readonly position: string | undefined;
}
