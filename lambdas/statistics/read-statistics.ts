import type { Table } from '../store/table/table';
import { type StatisticsScope, type Subject, subjectsOf, type Width } from './buckets';
import { type Count, readCounts } from './counts';
import { Histogram } from './histogram';
import { type CountsItem, readBuckets } from './items';

const HOUR_MS = 3_600_000;

/** How far back each period reaches, and the buckets it is made of. */
const PERIODS = {
  '1h': { ms: HOUR_MS, width: 'minute' },
  '24h': { ms: 24 * HOUR_MS, width: 'hour' },
  '7d': { ms: 7 * 24 * HOUR_MS, width: 'hour' },
  '30d': { ms: 30 * 24 * HOUR_MS, width: 'hour' },
} as const satisfies Record<string, { ms: number; width: Width }>;

export type Period = keyof typeof PERIODS;

export const PERIOD_NAMES = Object.keys(PERIODS) as [Period, ...Period[]];

/**
 * The deliveries of a period. `total` is the sum of the next three. Latencies are those shown in lists, of every
 * delivery that was attempted, in whole milliseconds. Figures without data are 0.
 */
export interface Statistics {
  readonly total: number;
  readonly delivered: number;
  readonly failed: number;
  readonly pending: number;
  /** Delivered of those delivered and failed, in percent with one decimal. */
  readonly successRate: number;
  readonly avgLatency: number;
  readonly p50Latency: number;
  readonly p95Latency: number;
  readonly p99Latency: number;
}

/**
 * Reads the statistics of deliveries that were made in the last hour, day, week or month. It reads at most 61 or 721 items
 * for each environment, however many deliveries there were; a period begins with the bucket that its first moment is in.
 *
 * @param now milliseconds since the epoch
 */
export async function readStatistics(
  table: Table,
  scope: StatisticsScope,
  period: Period,
  now: number,
): Promise<Statistics> {
  const { ms, width } = PERIODS[period];
  const read = (subject: Subject) => readBuckets(table, subject, width, now - ms, now);
  return summarize((await Promise.all(subjectsOf(scope).map(read))).flat());
}

/** Which figure of the statistics each count belongs to. */
const WORDS: Readonly<Record<Count, 'delivered' | 'failed' | 'pending'>> = {
  open: 'pending',
  retrying: 'pending',
  circuit_open: 'pending',
  delivered: 'delivered',
  failed: 'failed',
  partial: 'failed',
  schema_failed: 'failed',
};

/** Merges buckets into statistics. */
export function summarize(items: readonly CountsItem[]): Statistics {
  const words = { delivered: 0, failed: 0, pending: 0 };
  const latencies = new Histogram();
  for (const item of items) {
    for (const [count, number] of Object.entries(readCounts(item))) words[WORDS[count as Count]] += number;
    latencies.add(item);
  }
  return {
    total: words.delivered + words.failed + words.pending,
    ...words,
    successRate: successRate(words),
    avgLatency: latencies.average,
    p50Latency: latencies.quantile(0.5),
    p95Latency: latencies.quantile(0.95),
    p99Latency: latencies.quantile(0.99),
  };
}

/** Delivered of those delivered and failed, in percent with one decimal; 0 when there are none. */
function successRate({ delivered, failed }: { readonly delivered: number; readonly failed: number }): number {
  const settled = delivered + failed;
  return settled === 0 ? 0 : Math.round((1000 * delivered) / settled) / 10;
}
