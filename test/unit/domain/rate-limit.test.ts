import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GRACE_MS, intervalMs, NEAR_MS, stepOf, type Turn } from '../../../lambdas/domain/rate-limit';
import { NOW } from '../support/records';

const turn = (changes: Partial<Turn> = {}): Turn => ({ at: NOW, rate: 10, places: 1, ...changes });

describe('turns', () => {
  it('are as far apart as the limit says', () => {
    expect([0.5, 1, 3, 10, 1000].map(intervalMs)).toEqual([2000, 1000, 1000 / 3, 100, 1]);
  });

  it('are asked for by whoever has none, or has one under another limit', () => {
    expect(stepOf(undefined, 10, NOW)).toBe('ask');
    expect(stepOf(turn(), 11, NOW)).toBe('ask');
  });

  it('that are some time off are waited for in the queue, near ones on the spot', () => {
    expect(stepOf(turn({ at: NOW + NEAR_MS + 1 }), 10, NOW)).toBe('queue');
    expect(stepOf(turn({ at: NOW + NEAR_MS }), 10, NOW)).toBe('wait');
    expect(stepOf(turn(), 10, NOW)).toBe('go');
  });

  it('are lost by whoever comes too late, once: where everything is late nobody would ever go', () => {
    const late = turn({ at: NOW - GRACE_MS - 1 });
    expect(stepOf(turn({ at: NOW - GRACE_MS }), 10, NOW)).toBe('go');
    expect(stepOf(late, 10, NOW)).toBe('ask');
    expect(stepOf({ ...late, places: 2 }, 10, NOW)).toBe('go');
  });
});

describe('whenever deliveries come', () => {
  /** Places as a line gives them: each an interval after the one before, and never in the past. */
  function line(rate: number, arrivals: readonly number[]): number[] {
    let free = 0;
    return arrivals.map((now) => {
      const at = Math.max(free, now);
      free = at + intervalMs(rate);
      return at;
    });
  }
  const rates = fc.double({ min: 0.5, max: 500, noNaN: true });
  const arrivals = fc
    .array(fc.integer({ min: 0, max: 5000 }), { minLength: 1, maxLength: 200 })
    .map((gaps) => gaps.toSorted((a, b) => a - b));

  it('no window of a second has more turns than the limit, and one', () => {
    fc.assert(
      fc.property(rates, arrivals, (rate, times) => {
        const turns = line(rate, times);
        for (const start of turns) {
          const within = turns.filter((at) => at >= start && at < start + 999.999);
          expect(within.length).toBeLessThanOrEqual(Math.ceil(rate) + 1);
        }
      }),
    );
  });

  it('turns are given in the order of coming, and none is left free while somebody waits', () => {
    fc.assert(
      fc.property(rates, arrivals, (rate, times) => {
        const turns = line(rate, times);
        expect(turns).toEqual(turns.toSorted((a, b) => a - b));
        for (const [n, at] of turns.entries()) {
          const before = turns[n - 1];
          const free = before === undefined ? 0 : before + intervalMs(rate);
          expect(at).toBe(Math.max(free, times[n] ?? 0));
        }
      }),
    );
  });
});
