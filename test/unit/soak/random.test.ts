import { describe, expect, test } from 'vitest';
import { Random } from '../../../local/faults/random';

const take = (random: Random, count = 50) => Array.from({ length: count }, () => random.next());

describe('a stream of decisions', () => {
  test('is the same for the same seed and name, and another for another seed or name', () => {
    expect(take(new Random(7, 'kills'))).toEqual(take(new Random(7, 'kills')));
    expect(take(new Random(7, 'kills'))).not.toEqual(take(new Random(8, 'kills')));
    expect(take(new Random(7, 'kills'))).not.toEqual(take(new Random(7, 'cuts')));
  });

  test('is spread evenly', () => {
    const numbers = take(new Random(1, 'spread'), 20_000);
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers)).toBeLessThan(1);
    for (let tenth = 0; tenth < 10; tenth += 1) {
      const share = numbers.filter((one) => Math.floor(one * 10) === tenth).length / numbers.length;
      expect(share).toBeCloseTo(0.1, 1);
    }
  });

  test('takes both ends of a range', () => {
    const random = new Random(1, 'range');
    expect(new Set(Array.from({ length: 200 }, () => random.between(2, 4)))).toEqual(new Set([2, 3, 4]));
  });

  test('takes names by their weights, and none of weight nothing', () => {
    const random = new Random(1, 'weights');
    const taken = Array.from({ length: 4_000 }, () => random.weighted({ often: 3, seldom: 1, never: 0 }));
    expect(taken.filter((one) => one === 'often').length / taken.length).toBeCloseTo(0.75, 1);
    expect(taken).not.toContain('never');
    expect(() => random.weighted({ never: 0 })).toThrow(RangeError);
  });

  test('gives the same items in another order', () => {
    const items = Array.from({ length: 30 }, (_, n) => n);
    const shuffled = new Random(1, 'order').shuffled(items);
    expect(shuffled).not.toEqual(items);
    expect([...shuffled].sort((one, other) => one - other)).toEqual(items);
  });
});
