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
import { type Mended, type MendPorts, takePortion } from './look-through';

/** How many events of an environment are looked at in one run: enough to keep up with two million a day. */
const LIMIT = 2_000;

/** How many events are read at once: each may be 256 KiB. */
const CHUNK = 25;

/**
 * Has events routed whose routing was cut off: the stream had dropped their records before routing came to them. The
 * counters lead to them: an hour that is long over had more events than have become deliveries. Such an hour is looked
 * through once; those of its events that matched no connection bear a mark.
 *
 * @param position where the run before this one stopped; it is kept, because what lies before it needs no second look
 */
export async function mendEvents(
  ports: MendPorts,
  { id }: SweptEnvironment,
  hours: readonly Hour[],
  position: string | undefined,
): Promise<Mended> {
  const { table, shards, now } = ports;
  const hour = firstUnrouted(hours, timeOf(position), now(), STRANDED_MS);
  if (!hour) return { mended: 0, position };
  const [from, end] = [hour.start, hour.start + WIDTHS.hour.ms].map((at) => new Date(at).toISOString());
  const range = { from: from ?? '', to: (from ?? '').slice(0, WIDTHS.hour.digits) };
  const portion = await takePortion(table, timelinePartitions([id], ['EVT'], shards), range, position, LIMIT);
  const mended = await routeCutOff(table, portion.entries, now);
  return { mended, position: portion.position ?? end };
}

/** Positions begin with a time. */
const timeOf = (position: string | undefined): number => (position ? Date.parse(position.split('#')[0] ?? '') : 0);

async function routeCutOff(table: Table, entries: readonly IndexEntry[], now: () => number): Promise<number> {
  const events = await withoutDeliveries(table, entries);
  let mended = 0;
  for (const chunk of chunks(events, CHUNK)) {
    for (const event of (await getAll(table, chunk)).map(parseEvent)) {
      if (isCutOff(event, now()) && (await requestRetry(table, event.base, now()))) mended += 1;
    }
  }
  return mended;
}

/** Routing fills the first place before all others, so an event without a first delivery has none. */
async function withoutDeliveries(table: Table, events: readonly IndexEntry[]): Promise<IndexEntry[]> {
  const firsts = events.map(({ pk }) => deliveryKey(pk.slice('EVT#'.length), 1));
  const routed = new Set((await getAll(table, firsts)).map(({ pk }) => pk));
  return events.filter(({ pk }) => !routed.has(pk));
}
