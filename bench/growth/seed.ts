import { newBase } from '../../lambdas/domain/identifiers';
import { bucketKey, lifetimeKey, WIDTHS, type Width } from '../../lambdas/statistics/buckets';
import { ATTRIBUTES } from '../../lambdas/statistics/counts';
import { newDeliveryItem } from '../../lambdas/store/deliveries/new-delivery';
import { attentionPk, shardOf } from '../../lambdas/store/table/addresses';

export const ENVIRONMENT = `env_${'1'.repeat(32)}`;
export const SHARDS = 4;
export const RETENTION_DAYS = 30;

const DESTINATIONS = 10;

/** One in so many deliveries has failed: even the smallest table has about a page of them in each shard. */
const FAILED_EVERY = 10;

export const destinationOf = (number: number): string => `dst_${String(number % DESTINATIONS).padStart(32, '0')}`;

/** A table with so many deliveries, made one after another in the last day, and the counters that `aggregate` would have. */
export function* seedItems(deliveries: number, now: number): Generator<object> {
  yield* counterItems(deliveries, now);
  const stepMs = 86_400_000 / deliveries;
  for (let number = 0; number < deliveries; number += 1) yield deliveryItem(number, now - Math.floor(number * stepMs));
}

function deliveryItem(number: number, at: number): object {
  const [base, createdAt, destination] = [newBase(at), new Date(at).toISOString(), destinationOf(number)];
  const ids = { organization: 'org_x', environment: ENVIRONMENT, connection: 'con_x', destination };
  const made = { ...ids, base, ordinal: 1, cause: 'auto' as const, maxAttempts: 5, createdAt };
  const item = newDeliveryItem(made, SHARDS, RETENTION_DAYS);
  if (number % FAILED_EVERY !== 0) return { ...item, status: 'delivered', made: 1 };
  const attention = { attPk: attentionPk(ENVIRONMENT, 'failed', shardOf(base, SHARDS)), attSk: item.tlSk };
  return { ...item, status: 'failed', made: 5, ...attention };
}

function* counterItems(deliveries: number, now: number): Generator<object> {
  const counts = (total: number) => {
    const failed = Math.ceil(total / FAILED_EVERY);
    return { [ATTRIBUTES.count('delivered')]: total - failed, [ATTRIBUTES.count('failed')]: failed };
  };
  const subject = { environment: ENVIRONMENT };
  yield { ...lifetimeKey(subject), ...counts(deliveries) };
  for (const [width, buckets] of [
    ['hour', 24],
    ['minute', 24 * 60],
  ] as [Width, number][]) {
    const share = counts(Math.ceil(deliveries / buckets));
    for (let bucket = 0; bucket < buckets; bucket += 1) {
      yield { ...bucketKey(subject, width, now - bucket * WIDTHS[width].ms), ...share, ...HISTOGRAM };
    }
  }
}

/** Latencies of some dozens of bins, as a real destination has them. */
const HISTOGRAM = Object.fromEntries(
  Array.from({ length: 40 }, (_, bin) => [ATTRIBUTES.bin(String(200 + bin)), bin + 1]),
);
