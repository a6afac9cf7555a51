import { DDSketch } from '@datadog/sketches-js';
import { ATTRIBUTES } from './counts';

/**
 * Half of the promised error, because latencies are shown in whole milliseconds: below 50 ms a value that is off by 1 %
 * rounds to the exact one, and above that rounding adds less than the other 1 %.
 */
const RELATIVE_ACCURACY = 0.01;

const { mapping } = new DDSketch({ relativeAccuracy: RELATIVE_ACCURACY });

/** The bin of zero, which has no logarithm. */
const ZERO = '_zero';

/** The bin that counts a latency in milliseconds. */
export const binOf = (latencyMs: number): string => (latencyMs < 1 ? ZERO : String(mapping.key(latencyMs)));

const BIN = /^h(\d+|_zero)$/;

/** A histogram of latencies, merged from any number of items. */
export class Histogram {
  private readonly sketch = new DDSketch({ relativeAccuracy: RELATIVE_ACCURACY });
  private sum = 0;

  /** Adds what an item has counted. */
  add(item: Readonly<Record<string, unknown>>): void {
    const sum = item[ATTRIBUTES.latencySum];
    if (typeof sum === 'number') this.sum += sum;
    for (const [attribute, count] of Object.entries(item)) {
      const bin = BIN.exec(attribute)?.[1];
      if (bin !== undefined && typeof count === 'number' && count > 0) this.sketch.accept(latencyIn(bin), count);
    }
  }

  /** How many latencies are in it. */
  get count(): number {
    return this.sketch.count;
  }

  /** The average in whole milliseconds, exact; 0 without latencies. */
  get average(): number {
    return this.count === 0 ? 0 : Math.max(0, Math.round(this.sum / this.count));
  }

  /**
   * The `q` quantile (0 to 1) in whole milliseconds, within 2 %; 0 without latencies. With few latencies the high
   * quantiles are the largest one, where the sketch itself would round the rank down.
   */
  quantile(q: number): number {
    if (this.count === 0) return 0;
    const last = this.count - 1;
    const rank = Math.max(0, Math.ceil(q * this.count) - 1);
    // Half a rank guards against rounding errors in the product.
    return Math.round(this.sketch.getValueAtQuantile(rank >= last ? 1 : (rank + 0.5) / last));
  }
}

const latencyIn = (bin: string): number => (bin === ZERO ? 0 : mapping.value(Number(bin)));
