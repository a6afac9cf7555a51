import { type IndexEntry, type IndexPartition, mergedEntries, type TimeRange } from '../../store/lists/timeline';
import type { Table } from '../../store/table/table';

/** What looking for something to mend needs from the world. Times are milliseconds. */
export interface MendPorts {
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

/** Entries of an index that a run has taken. */
export interface Portion {
  readonly entries: readonly IndexEntry[];
  /** Where to go on; undefined when there is nothing left. */
  readonly position: string | undefined;
}

/**
 * Takes the next entries of an index, oldest first.
 *
 * @param position of the last entry that was taken before; undefined to begin at the oldest
 * @param limit how many are taken at most
 */
export async function takePortion(
  table: Table,
  partitions: readonly IndexPartition[],
  { from, to }: Pick<TimeRange, 'from' | 'to'>,
  position: string | undefined,
  limit: number,
): Promise<Portion> {
  // Sort keys have one length, so what follows on the position is whatever sorts after it and one more character.
  const after = position === undefined ? from : `${position}~`;
  const range = { from: from !== undefined && after !== undefined && from > after ? from : after, to };
  const entries: IndexEntry[] = [];
  for await (const entry of mergedEntries(table, partitions, range, 'oldest first', limit)) {
    entries.push(entry);
    if (entries.length >= limit) return { entries, position: entry.sort };
  }
  return { entries, position: undefined };
}
