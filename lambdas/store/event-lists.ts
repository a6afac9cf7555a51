import { timeKey, timelinePk } from './addresses';
import { getAll } from './batch-get';
import { COUNT_LIMIT, type Window } from './delivery-lists';
import { parseEvent, type StoredEvent } from './events';
import { INDEXES, type Table } from './table';
import { countEntries, type IndexEntry, type IndexPartition, mergedEntries, type TimeRange } from './timeline';

/** A page of events, newest first. */
export interface EventPage {
  readonly events: readonly StoredEvent[];
  readonly total: number;
  readonly totalIsExact: boolean;
  readonly hasMore: boolean;
}

/** What an event is sorted by. */
export const eventSortKey = ({ createdAt, base }: StoredEvent): string => timeKey(createdAt, base);

/** Reads a page of the events of environments. */
export async function listEvents(
  table: Table,
  environments: readonly string[],
  range: TimeRange,
  { offset, limit, cursor }: Window,
  shards: number,
): Promise<EventPage> {
  const partitions = environments.flatMap((environment) =>
    Array.from({ length: shards }, (_, shard): IndexPartition => {
      return { index: INDEXES.timeline, pk: timelinePk(environment, 'EVT', shard) };
    }),
  );
  const keys: IndexEntry[] = [];
  let position = 0;
  for await (const entry of mergedEntries(table, partitions, { ...range, before: cursor })) {
    position += 1;
    if (position > offset) keys.push(entry);
    if (keys.length > limit) break;
  }
  const [items, counted] = await Promise.all([
    getAll(table, keys.slice(0, limit)),
    countEntries(table, partitions, range, COUNT_LIMIT + 1),
  ]);
  const total = Math.min(counted, COUNT_LIMIT);
  return { events: items.map(parseEvent), total, totalIsExact: counted <= COUNT_LIMIT, hasMore: keys.length > limit };
}
