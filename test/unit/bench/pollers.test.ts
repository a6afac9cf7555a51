import { describe, expect, it } from 'vitest';
import { BatchLimits, batchSizes, type Load, portions } from '../../../bench/cost/pollers';

/** As in the template. */
const MAPPINGS = {
  route: { batchSize: 100, windowSeconds: 0 },
  deliver: { batchSize: 10, windowSeconds: 0 },
  aggregate: { batchSize: 300, windowSeconds: 2 },
};

const load = (overrides: Partial<Load> = {}): Load => ({
  ...{ eventsPerSecond: 200, atOnce: 1, deliveriesAnEvent: 1, attempts: 1, countedAnEvent: 3, answerMs: 100 },
  ...overrides,
});

const sizesOf = (overrides: Partial<Load> = {}, factor = 1) => batchSizes(load(overrides), MAPPINGS, factor);

describe('the model of the pollers', () => {
  it('gives route what comes to one of four shards between two of four reads a second', () => {
    expect(sizesOf().route).toBe(200 / 4 / 4);
    expect(sizesOf({ eventsPerSecond: 40 }).route).toBe(2.5);
  });

  it('gives route the share of its shard of what was published together', () => {
    expect(sizesOf({ atOnce: 100 }).route).toBe(25);
  });

  it('divides the messages that route sends together among five waiting polls', () => {
    expect(sizesOf().deliver).toBe(12.5 / 5);
    expect(sizesOf({ atOnce: 100 }).deliver).toBe(5);
    expect(sizesOf({ eventsPerSecond: 20, deliveriesAnEvent: 10, countedAnEvent: 21 }).deliver).toBe(2.5);
  });

  it('fills batches of deliver with what arrives while all workers are busy', () => {
    expect(sizesOf({ eventsPerSecond: 2000, answerMs: 150 }).deliver).toBe(10);
    expect(sizesOf({ eventsPerSecond: 400, answerMs: 950 }).deliver).toBe((400 * 1) / 50);
  });

  it('lets retries come one by one, because each has a delay of its own', () => {
    const { deliver } = sizesOf({ eventsPerSecond: 100, attempts: 2, countedAnEvent: 5 });
    expect(deliver).toBeCloseTo(2 / (1 / 1.25 + 1));
  });

  it('gives aggregate what comes to a shard in its batching window, up to the size of the mapping', () => {
    expect(sizesOf({ eventsPerSecond: 20 })).toMatchObject({ countedEvents: 10, countedRecords: 30 });
    expect(sizesOf()).toMatchObject({ countedEvents: 100, countedRecords: 300 });
    expect(sizesOf({ eventsPerSecond: 400 })).toMatchObject({ countedEvents: 100, countedRecords: 300 });
  });

  it('never splits an event and what came of it between batches of aggregate unless they do not fit', () => {
    expect(sizesOf({ eventsPerSecond: 0.01 })).toEqual({ route: 1, deliver: 1, countedEvents: 1, countedRecords: 3 });
    const wide = sizesOf({ eventsPerSecond: 0.2, deliveriesAnEvent: 1000, countedAnEvent: 2001 });
    expect(wide).toEqual({ route: 1, deliver: 10, countedEvents: 1, countedRecords: 300 });
  });

  it('has all batches full where more arrives than is handled', () => {
    expect(sizesOf({ eventsPerSecond: Number.POSITIVE_INFINITY })).toMatchObject({
      ...{ route: 100, deliver: 10, countedRecords: 300 },
    });
  });

  it('can be off by a factor, within what is possible', () => {
    expect(sizesOf({}, 0.5)).toMatchObject({ route: 6.25, deliver: 1.25, countedEvents: 50 });
    expect(sizesOf({ eventsPerSecond: 4 }, 0.5)).toMatchObject({ route: 1, deliver: 1, countedEvents: 1 });
    expect(sizesOf({}, 1.5)).toMatchObject({ route: 18.75, deliver: 3.75, countedRecords: 300 });
    expect(sizesOf({ eventsPerSecond: Number.POSITIVE_INFINITY }, 0.5)).toMatchObject({ route: 50, deliver: 5 });
  });
});

describe('portions', () => {
  it('are whole numbers with the wanted average', () => {
    const next = portions(12.5);
    expect(Array.from({ length: 4 }, next).toSorted()).toEqual([12, 12, 13, 13]);
    const few = portions(1.4);
    expect(Array.from({ length: 10 }, few).reduce((sum, one) => sum + one)).toBe(14);
  });
});

describe('the limits of batches', () => {
  it('are the model’s for the three functions that pollers start', () => {
    const limits = new BatchLimits({ route: 12, deliver: 3, countedEvents: 2, countedRecords: 6 });
    const all = ['route', 'deliver', 'aggregate', 'other'];
    expect(all.map(limits.of)).toEqual([12, 3, 6, Number.POSITIVE_INFINITY]);
    limits.expectCounted(9);
    expect(limits.of('aggregate')).toBe(9);
  });
});
