import { describe, expect, it } from 'vitest';
import { fold } from '../../../lambdas/functions/aggregate/fold';
import { readReading } from '../../../lambdas/functions/aggregate/readings';
import { bucketKey } from '../../../lambdas/statistics/buckets';
import { deliveryKey } from '../../../lambdas/store/table/addresses';
import { recordOf, START } from './histories';

type Image = Record<string, unknown>;

const delivery = (ordinal: number, more: Image = {}): Image => ({
  ...deliveryKey('00', ordinal),
  ...{ env: 'env_a', dst: 'dst_1', con: 'con_1', status: 'pending', createdAt: new Date(START).toISOString() },
  ...more,
});

/** Where a change is counted as a routed event. */
function routedBy(before: Image | undefined, after: Image | undefined) {
  const changes = fold(readReading(recordOf(before, after)), START);
  return changes.filter(({ add }) => add.n_routed !== undefined).map(({ key, add }) => ({ key, routed: add.n_routed }));
}

const hour = (at: number) => bucketKey({ environment: 'env_a' }, 'hour', at);

describe('an event', () => {
  it('counts as routed in its hour when its first delivery is made', () => {
    expect(routedBy(undefined, delivery(1))).toEqual([{ key: hour(START), routed: 1 }]);
    expect(routedBy(undefined, delivery(1, { status: 'schema_failed' }))).toEqual([{ key: hour(START), routed: 1 }]);
  });

  it('does not count again by its other deliveries, nor by what becomes of the first', () => {
    expect(routedBy(undefined, delivery(2))).toEqual([]);
    expect(routedBy(delivery(1), delivery(1, { status: 'delivered' }))).toEqual([]);
    expect(routedBy(delivery(1), undefined)).toEqual([]);
  });

  it('that was routed later than it came counts in the hour in which it came', () => {
    const receivedAt = new Date(START - 3 * 3_600_000).toISOString();
    expect(routedBy(undefined, delivery(1, { receivedAt }))).toEqual([
      { key: hour(Date.parse(receivedAt)), routed: 1 },
    ]);
  });

  it('takes no item of its own to be counted', () => {
    const keys = fold(readReading(recordOf(undefined, delivery(1))), START).map(({ key }) => `${key.pk} ${key.sk}`);
    // The environment and the destination: a lifetime, a minute and an hour each.
    expect(new Set(keys).size).toBe(6);
  });
});
