import type { Table } from '../store/table/table';
import { bucketStart } from './buckets';
import { ATTRIBUTES, readNumber } from './counts';
import { type CountsItem, readBuckets } from './items';
import { type Statistics, summarize } from './read-statistics';

const DAY_MS = 86_400_000;

/** The Monday before the epoch's first day, a Thursday: weeks begin on Mondays. */
const MONDAY_MS = -3 * DAY_MS;

/** What happened in environments today and this week, in UTC. */
export interface Overview {
  readonly eventsToday: number;
  readonly eventsThisWeek: number;
  readonly today: Statistics;
}

/** Reads at most a week of hours for each environment. */
export async function readOverview(table: Table, environments: readonly string[], now: number): Promise<Overview> {
  const today = startOf(now, DAY_MS, 0);
  const week = startOf(now, 7 * DAY_MS, MONDAY_MS);
  const read = (environment: string) => readBuckets(table, { environment }, 'hour', week, now);
  const hours = (await Promise.all(environments.map(read))).flat();
  const ofToday = hours.filter(({ sk }) => bucketStart('hour', String(sk)) >= today);
  return { eventsToday: eventsIn(ofToday), eventsThisWeek: eventsIn(hours), today: summarize(ofToday) };
}

const startOf = (now: number, lengthMs: number, offset: number): number =>
  Math.floor((now - offset) / lengthMs) * lengthMs + offset;

const eventsIn = (items: readonly CountsItem[]): number =>
  items.reduce((sum, item) => sum + readNumber(item, ATTRIBUTES.events), 0);
