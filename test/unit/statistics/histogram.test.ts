import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ATTRIBUTES } from '../../../lambdas/statistics/counts';
import { binOf, Histogram } from '../../../lambdas/statistics/histogram';

const itemOf = (latencies: readonly number[]): Record<string, number> => {
  const item: Record<string, number> = { [ATTRIBUTES.latencySum]: latencies.reduce((sum, one) => sum + one, 0) };
  for (const latency of latencies) {
    const name = ATTRIBUTES.bin(binOf(latency));
    item[name] = (item[name] ?? 0) + 1;
  }
  return item;
};

describe('the latency histogram', () => {
  it('gives every whole number of milliseconds back within 2 %, and those below 50 exactly', () => {
    for (let latency = 0; latency < 40_000; latency += 1) {
      const histogram = new Histogram();
      histogram.add(itemOf([latency]));
      const error = Math.abs(histogram.quantile(0.5) - latency);
      if (error > (latency < 50 ? 0 : 0.02 * latency)) expect({ latency, error }).toEqual({ latency, error: 0 });
    }
  });

  it('is the same whether latencies were counted together or in parts', () => {
    const latencies = fc.array(fc.nat({ max: 30_000 }), { minLength: 1 });
    fc.assert(
      fc.property(latencies, latencies, (some, others) => {
        const [whole, parts] = [new Histogram(), new Histogram()];
        whole.add(itemOf([...some, ...others]));
        parts.add(itemOf(some));
        parts.add(itemOf(others));
        for (const q of [0.5, 0.95, 0.99]) expect(parts.quantile(q)).toBe(whole.quantile(q));
        expect(parts.average).toBe(whole.average);
      }),
    );
  });

  it('says of few latencies that the high quantiles are the largest', () => {
    const histogram = new Histogram();
    histogram.add(itemOf([10, 20, 40]));
    expect([0.5, 0.95, 0.99].map((q) => histogram.quantile(q))).toEqual([20, 40, 40]);
  });

  it('says 0 when there is nothing in it', () => {
    const empty = new Histogram();
    expect([empty.average, empty.quantile(0.5), empty.quantile(0.99)]).toEqual([0, 0, 0]);
  });

  it('leaves out bins that everything was taken off again', () => {
    const histogram = new Histogram();
    histogram.add({ ...itemOf([100]), [ATTRIBUTES.bin(binOf(5000))]: 0 });
    expect(histogram.quantile(0.99)).toBe(100);
  });

  it('has fewer than 700 bins for anything up to a quarter of an hour', () => {
    expect(Number(binOf(900_000))).toBeLessThan(700);
  });
});
