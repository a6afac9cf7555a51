import { getAll } from '../store/table/batch-get';
import type { Table } from '../store/table/table';
import { bucketKey, bucketStart, WIDTHS } from './buckets';
import { ATTRIBUTES, readNumber } from './counts';
import { type CountsItem, readBuckets } from './items';

/** The counts of one hour of an environment. */
export interface Hour {
  /** Milliseconds since the epoch. */
  readonly start: number;
  /** Deliveries made in it that are pending or being sent. */
  readonly open: number;
  /** Events that came in. */
  readonly events: number;
  /** Those of them that were routed to at least one delivery. */
  readonly routed: number;
}

/** How far back hours are recent: as long as minute buckets are kept. */
const RECENT_MS = WIDTHS.minute.keptMs;

/** The hours of the last two days in which anything happened, oldest first. Counts run some seconds behind. */
export async function readHours(table: Table, environment: string, now: number): Promise<Hour[]> {
  return (await readBuckets(table, { environment }, 'hour', now - RECENT_MS, now)).map(hourOf);
}

/** The hours before those, as far back as they are kept: 40 days. */
export async function readOlderHours(table: Table, environment: string, now: number): Promise<Hour[]> {
  const end = Math.floor((now - RECENT_MS) / WIDTHS.hour.ms) * WIDTHS.hour.ms;
  return (await readBuckets(table, { environment }, 'hour', now - WIDTHS.hour.keptMs, end - 1)).map(hourOf);
}

/** The hours that begin at these times. */
export async function readHoursOf(table: Table, environment: string, starts: readonly number[]): Promise<Hour[]> {
  const keys = starts.map((start) => bucketKey({ environment }, 'hour', start));
  return (await getAll(table, keys)).map(hourOf);
}

function hourOf(item: CountsItem): Hour {
  return {
    start: bucketStart('hour', String(item.sk)),
    open: readNumber(item, ATTRIBUTES.count('open')),
    events: readNumber(item, ATTRIBUTES.events),
    routed: readNumber(item, ATTRIBUTES.routed),
  };
}

/** Whether all minutes of an hour are still kept. */
export const hasMinutes = ({ start }: Pick<Hour, 'start'>, now: number): boolean => now - start < RECENT_MS;

/** The start times of the minutes of an hour that still have open deliveries, oldest first. */
export async function openMinutes(table: Table, environment: string, hour: number): Promise<number[]> {
  const last = hour + WIDTHS.hour.ms - 1;
  const items = await readBuckets(table, { environment }, 'minute', hour, last);
  const open = items.filter((item) => readNumber(item, ATTRIBUTES.count('open')) > 0);
  return open.map(({ sk }) => bucketStart('minute', String(sk)));
}

/** Whether an hour ended at least `ms` milliseconds ago. */
export const isOverFor = ({ start }: Pick<Hour, 'start'>, ms: number, now: number): boolean =>
  now - (start + WIDTHS.hour.ms) > ms;

/**
 * The oldest hour since `from` that ended long enough ago and has events that were not routed.
 *
 * @param settledMs how long ago it must have ended
 * @returns undefined if all were routed, or if routing may still get to them
 */
export function firstUnrouted(hours: readonly Hour[], from: number, now: number, settledMs: number): Hour | undefined {
  const oldest = hours.find((hour) => hour.start + WIDTHS.hour.ms > from && hour.events > hour.routed);
  if (!oldest || !isOverFor(oldest, settledMs, now)) return undefined;
  return isRoutedAfter(hours, oldest, now) ? oldest : undefined;
}

/** The stream keeps records for a day; what routing has not reached by then, it never will. */
const STREAM_MS = 25 * WIDTHS.hour.ms;

/** If nothing later was routed either, routing is merely behind and will get to the hour by itself. */
function isRoutedAfter(hours: readonly Hour[], hour: Hour, now: number): boolean {
  const later = hours.filter(({ start }) => start > hour.start);
  const isBehind = later.some(({ events }) => events > 0) && later.every(({ routed }) => routed === 0);
  return !isBehind || isOverFor(hour, STREAM_MS, now);
}
