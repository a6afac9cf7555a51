import { isCutOff, STRANDED_MS } from '../../domain/overdue';
import { chunks } from '../../runtime/pools';
import { WIDTHS } from '../../statistics/buckets';
import { firstUnrouted, type Hour } from '../../statistics/hours';
import { parseEvent, requestRetry } from '../../store/events/events';
import { timelinePartitions } from '../../store/lists/partitions';
import type { IndexEntry } from '../../store/lists/timeline';
import { deliveryKey } from '../../store/table/addresses';
import { getAll } from '../../store/table/batch-get';
import type { Table } from '../../store/table/table';
import type { SweptEnvironment } from './environments';
import { type Repaired, type RepairPorts, takePortion } from './look-through';

/** How many events of an environment are looked at in one run: enough to keep up with two million a day. */
const LIMIT = 2_000;

/** How many events are read at a time: each may have 256 KiB. */
const CHUNK = 25;

/**
 * Routes events that were cut off because the stream dropped their records before routing reached them. The counters
 * show where: a past hour has more events than were routed. Each such hour is searched once; events that matched no
 * connection are marked and skipped.
 *
 * @param position where the previous run stopped; everything before it has been checked for good
 */
export async function repairEvents(
  ports: RepairPorts,
  { id }: SweptEnvironment,
  hours: readonly Hour[],
  position: string | undefined,
): Promise<Repaired> {
  const { table, shards, now } = ports;
  const hour = firstUnrouted(hours, timeOf(position), now(), STRANDED_MS);
  if (!hour) return { repaired: 0, position };
  const [from, end] = [hour.start, hour.start + WIDTHS.hour.ms].map((at) => new Date(at).toISOString());
  const range = { from: from ?? '', to: (from ?? '').slice(0, WIDTHS.hour.digits) };
  const portion = await takePortion(table, timelinePartitions([id], ['EVT'], shards), range, position, LIMIT);
  const repaired = await routeCutOff(table, portion.entries, now);
  return { repaired, position: portion.position ?? end };
}

/** Positions begin with a time. */
const timeOf = (position: string | undefined): number => (position ? Date.parse(position.split('#')[0] ?? '') : 0);

async function routeCutOff(table: Table, entries: readonly IndexEntry[], now: () => number): Promise<number> {
  const events = await withoutDeliveries(table, entries);
  let repaired = 0;
  for (const chunk of chunks(events, CHUNK)) {
    for (const event of (await getAll(table, chunk)).map(parseEvent)) {
      if (isCutOff(event, now()) && (await requestRetry(table, event.base, now()))) repaired += 1;
    }
  }
  return repaired;
}

/** Routing writes the first delivery before all others, so an event without it has none. */
async function withoutDeliveries(table: Table, events: readonly IndexEntry[]): Promise<IndexEntry[]> {
  const firsts = events.map(({ pk }) => deliveryKey(pk.slice('EVT#'.length), 1));
  const routed = new Set((await getAll(table, firsts)).map(({ pk }) => pk));
  return events.filter(({ pk }) => !routed.has(pk));
}
