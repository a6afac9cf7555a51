import type { Key } from '../store/table/addresses';

/** Whose statistics: an environment's or a destination's, by its id. */
export type Subject = { readonly environment: string } | { readonly destination: string };

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** The two widths of buckets: how long each is, how long it is kept, and how much of an ISO 8601 time names it. */
export const WIDTHS = {
  minute: { prefix: 'MIN#', ms: MINUTE_MS, keptMs: 2 * DAY_MS, digits: '2026-11-21T20:41'.length },
  hour: { prefix: 'HOUR#', ms: HOUR_MS, keptMs: 40 * DAY_MS, digits: '2026-11-21T20'.length },
} as const;

export type Width = keyof typeof WIDTHS;

/** Partition of all that is counted of a subject. */
export const statisticsPk = (subject: Subject): string =>
  'environment' in subject ? `STAT#ENV#${subject.environment}` : `STAT#DST#${subject.destination}`;

/** The lifetime counts of a subject. */
export const lifetimeKey = (subject: Subject): Key => ({ pk: statisticsPk(subject), sk: 'LIFE' });

/** Sort key of the bucket that a time belongs to. */
export const bucketSk = (width: Width, at: number): string =>
  WIDTHS[width].prefix + new Date(at).toISOString().slice(0, WIDTHS[width].digits);

/** Key of the bucket that a time (milliseconds since the epoch) belongs to. */
export const bucketKey = (subject: Subject, width: Width, at: number): Key => ({
  pk: statisticsPk(subject),
  sk: bucketSk(width, at),
});

/** When a bucket begins, in milliseconds since the epoch, by its sort key. */
export function bucketStart(width: Width, sk: string): number {
  const time = sk.slice(WIDTHS[width].prefix.length);
  return Date.parse(width === 'minute' ? `${time}:00Z` : `${time}:00:00Z`);
}

/** When the bucket of a time is dropped, in milliseconds since the epoch. */
export function bucketEnd(width: Width, at: number): number {
  const { ms, keptMs } = WIDTHS[width];
  return Math.floor(at / ms) * ms + ms + keptMs;
}

/** Whose statistics: those of some environments, or of one destination. */
export type StatisticsScope = { readonly environments: readonly string[] } | { readonly destination: string };

export const subjectsOf = (scope: StatisticsScope): Subject[] =>
  'destination' in scope
    ? [{ destination: scope.destination }]
    : scope.environments.map((environment) => ({ environment }));
