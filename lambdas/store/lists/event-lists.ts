import { inChunks } from '../../runtime/pools';
import { parseEvent, type StoredEvent } from '../events/events';
import { timeKey, timelinePk } from '../table/addresses';
import { getAll } from '../table/batch-get';
import { INDEXES, type Table } from '../table/table';
import { COUNT_LIMIT, type Window } from './delivery-lists';
import { countEntries, type IndexEntry, type IndexPartition, mergedEntries, type TimeRange } from './timeline';

type Matches = (events: readonly StoredEvent[]) => Promise<readonly boolean[]>;

/** Which events a list shows. */
export interface EventFilter extends TimeRange {
  readonly environments: readonly string[];
  /** Decides on events one by one, in order; absent: all of them. */
  readonly matches?: Matches | undefined;
  /** How many events are looked at for one page, if `matches` is given. */
  readonly lookAt?: number | undefined;
}

/** A page of events, newest first. */
export interface EventPage {
  readonly events: readonly StoredEvent[];
  readonly total: number;
  readonly totalIsExact: boolean;
  readonly hasMore: boolean;
  /** The sort key after which the list continues; not the last row's if further events did not match. */
  readonly next?: string | undefined;
}

/** The sort key of an event. */
const eventSortKey = ({ createdAt, base }: StoredEvent): string => timeKey(createdAt, base);

/** How many events are fetched at a time while a filter looks for matches. */
const FETCH = 100;

/** Reads a page of the events of environments. */
export async function listEvents(
  table: Table,
  filter: EventFilter,
  window: Window,
  shards: number,
): Promise<EventPage> {
  const partitions = filter.environments.flatMap((environment) =>
    Array.from({ length: shards }, (_, shard): IndexPartition => {
      return { index: INDEXES.timeline, pk: timelinePk(environment, 'EVT', shard) };
    }),
  );
  const { matches } = filter;
  return matches
    ? filteredPage(table, partitions, { ...filter, matches }, window)
    : plainPage(table, partitions, filter, window);
}

async function plainPage(
  table: Table,
  partitions: readonly IndexPartition[],
  range: TimeRange,
  { offset, limit, cursor }: Window,
): Promise<EventPage> {
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
  const hasMore = keys.length > limit;
  const next = hasMore ? keys[limit - 1]?.sort : undefined;
  return { events: items.map(parseEvent), total, totalIsExact: counted <= COUNT_LIMIT, hasMore, next };
}

/**
 * Items decide what is a row. No index covers these filters, so the search has a limit: beyond it the total is what was
 * found so far, and the cursor continues from there, whether the page is full or not.
 */
async function filteredPage(
  table: Table,
  partitions: readonly IndexPartition[],
  filter: EventFilter & { readonly matches: Matches },
  { offset, limit, cursor }: Window,
): Promise<EventPage> {
  const rows: StoredEvent[] = [];
  let [total, looked, last] = [0, 0, ''];
  let ended = true;
  const { matches, lookAt = COUNT_LIMIT } = filter;
  for await (const chunk of inChunks(mergedEntries(table, partitions, { ...filter, before: cursor }), FETCH)) {
    for (const event of await matching(table, chunk, matches)) {
      total += 1;
      if (total > offset && rows.length <= limit) rows.push(event);
    }
    looked += chunk.length;
    last = chunk.at(-1)?.sort ?? last;
    ended = chunk.length < FETCH;
    if (looked >= lookAt || total > COUNT_LIMIT) break;
  }
  const events = rows.slice(0, limit);
  const full = rows.length > limit;
  const lastRow = events.at(-1);
  const next = full && lastRow ? eventSortKey(lastRow) : last;
  const hasMore = full || !ended;
  const counted = { total: Math.min(total, COUNT_LIMIT), totalIsExact: ended && cursor === undefined };
  return { events, ...counted, hasMore, next: hasMore ? next : undefined };
}

async function matching(table: Table, entries: readonly IndexEntry[], matches: Matches): Promise<StoredEvent[]> {
  const events = (await getAll(table, entries)).map(parseEvent);
  const decisions = await matches(events);
  return events.filter((_, index) => decisions[index]);
}
