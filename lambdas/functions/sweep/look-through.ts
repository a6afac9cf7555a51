import { type IndexEntry, type IndexPartition, mergedEntries, type TimeRange } from '../../store/lists/timeline';
import type { Table } from '../../store/table/table';

/** What repairs need from outside. Times are milliseconds. */
export interface RepairPorts {
  readonly table: Table;
  readonly shards: number;
  /** A run starts nothing new after this long. */
  readonly timeLimitMs: number;
  now(): number;
  /**
   * How long a delivery has to be overdue before its message is certainly gone, as far as the delivery queue can tell: 0 if
   * the queue is short. With a backlog it is the time that messages live there, in milliseconds.
   */
  certainAfterMs(): Promise<number>;
}

/** How many repairs were made, and where to continue; undefined to begin at the oldest. */
export interface Repaired {
  readonly repaired: number;
  readonly position: string | undefined;
}

/** Index entries taken in one run. */
export interface Portion {
  readonly entries: readonly IndexEntry[];
  /** Where to continue; undefined if there is nothing left. */
  readonly position: string | undefined;
}

/**
 * Takes the next entries of an index, oldest first.
 *
 * @param position of the last entry taken before; undefined to begin at the oldest
 * @param limit how many to take at most
 */
export async function takePortion(
  table: Table,
  partitions: readonly IndexPartition[],
  { from, to }: Pick<TimeRange, 'from' | 'to'>,
  position: string | undefined,
  limit: number,
): Promise<Portion> {
  // All sort keys have the same length, so appending a character gives the next possible one.
  const after = position === undefined ? from : `${position}~`;
  const range = { from: from !== undefined && after !== undefined && from > after ? from : after, to };
  const entries: IndexEntry[] = [];
  for await (const entry of mergedEntries(table, partitions, range, 'oldest first', limit)) {
    entries.push(entry);
    if (entries.length >= limit) return { entries, position: entry.sort };
  }
  return { entries, position: undefined };
}
