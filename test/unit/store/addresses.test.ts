import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newBase } from '../../../lambdas/domain/identifiers';
import {
  attemptKey,
  deadLetterKey,
  deliveryKey,
  eventKey,
  readDeliveryKey,
  shardOf,
  timeKey,
} from '../../../lambdas/store/table/addresses';
import { BASE, NOW } from '../support/records';

const ordinal = fc.integer({ min: 1, max: 0xffff });

describe('where the items of an event live', () => {
  it('is one partition, in the order event, delivery, its attempts, its dead letters', () => {
    const keys = [
      deliveryKey(BASE, 1),
      attemptKey(BASE, 1, 2),
      attemptKey(BASE, 1, 10),
      deadLetterKey(BASE, 1, 10),
      deliveryKey(BASE, 2),
      deliveryKey(BASE, 16),
      eventKey(BASE),
    ];
    expect(new Set(keys.map(({ pk }) => pk))).toEqual(new Set([`EVT#${BASE}`]));
    expect(keys.map(({ sk }) => sk)).toEqual(keys.map(({ sk }) => sk).sort());
  });

  it('is read back from the key of a delivery, and from no other key', () => {
    fc.assert(
      fc.property(ordinal, ordinal, (delivery, attempt) => {
        expect(readDeliveryKey(deliveryKey(BASE, delivery))).toEqual({ base: BASE, ordinal: delivery });
        expect(readDeliveryKey(attemptKey(BASE, delivery, attempt))).toBeUndefined();
        expect(readDeliveryKey(deadLetterKey(BASE, delivery, attempt))).toBeUndefined();
      }),
    );
    expect(readDeliveryKey(eventKey(BASE))).toBeUndefined();
    expect(readDeliveryKey({ pk: 'ENV#x', sk: 'DLV#0001' })).toBeUndefined();
  });
});

describe('the shard of an event', () => {
  it('is one of those there are, and the same for the same event', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), (shards) => {
        const base = newBase(NOW);
        expect(shardOf(base, shards)).toBeLessThan(shards);
        expect(shardOf(base, shards)).toBe(shardOf(base, shards));
      }),
    );
  });

  it('spreads events of the same moment over all shards', () => {
    const seen = new Map<number, number>();
    for (let n = 0; n < 4000; n += 1) {
      const shard = shardOf(newBase(NOW), 4);
      seen.set(shard, (seen.get(shard) ?? 0) + 1);
    }
    for (const shard of [0, 1, 2, 3]) expect(seen.get(shard)).toBeGreaterThan(700);
  });
});

describe('the sort key of the indexes', () => {
  it('sorts by time, then by event, delivery and attempt', () => {
    const at = '2026-03-04T05:06:07.000Z';
    const keys = [
      timeKey('2026-03-04T05:06:06.999Z', 'f'.repeat(24)),
      timeKey(at, BASE),
      timeKey(at, BASE, 1),
      timeKey(at, BASE, 1, 2),
      timeKey(at, BASE, 16),
      timeKey('2026-03-04T05:06:07.001Z', '0'.repeat(24)),
    ];
    expect(keys).toEqual([...keys].sort());
  });
});
