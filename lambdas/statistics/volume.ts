import type { Table } from '../store/table/table';
import { bucketStart } from './buckets';
import { ATTRIBUTES, readNumber } from './counts';
import { type CountsItem, readBuckets } from './items';

const HOUR_MS = 3_600_000;
const STEPS = { hour: HOUR_MS, day: 24 * HOUR_MS } as const;

export type Granularity = keyof typeof STEPS;

/** Events of one source in one hour or day (UTC). */
export interface VolumeRow {
  /** When the hour or day begins, in milliseconds since the epoch. */
  readonly bucket: number;
  /** Undefined for events published without a source. */
  readonly source: string | undefined;
  readonly events: number;
}

/**
 * How many events came in, by hour or day and by source, the oldest first. The first and the last hour count in full.
 *
 * @param range milliseconds since the epoch, both inclusive; at most 40 days are kept
 */
export async function readVolume(
  table: Table,
  environments: readonly string[],
  range: { readonly from: number; readonly to: number },
  granularity: Granularity,
): Promise<VolumeRow[]> {
  const read = (environment: string) => readBuckets(table, { environment }, 'hour', range.from, range.to);
  const items = (await Promise.all(environments.map(read))).flat();
  const rows = new Map<string, VolumeRow>();
  for (const row of items.flatMap((item) => rowsOf(item, STEPS[granularity]))) {
    const name = `${row.bucket}\n${row.source}`;
    rows.set(name, { ...row, events: row.events + (rows.get(name)?.events ?? 0) });
  }
  return [...rows.values()].sort((a, b) => a.bucket - b.bucket || compare(a.source, b.source));
}

const compare = (a = '', b = ''): number => (a < b ? -1 : Number(a > b));

function rowsOf(item: CountsItem, stepMs: number): VolumeRow[] {
  const start = bucketStart('hour', String(item.sk));
  const bucket = Math.floor(start / stepMs) * stepMs;
  const bySource = Object.keys(item).filter((name) => name.startsWith('src_'));
  const rows = bySource.map((source): VolumeRow => ({ bucket, source, events: readNumber(item, source) }));
  const sourced = rows.reduce((sum, { events }) => sum + events, 0);
  const unsourced = { bucket, source: undefined, events: readNumber(item, ATTRIBUTES.events) - sourced };
  return [...rows, unsourced].filter(({ events }) => events > 0);
}
