import { DDSketch } from '@datadog/sketches-js';
import { ATTRIBUTES } from './counts';

/**
 * Half of the error that is promised, because latencies are shown in whole milliseconds: below 50 ms a value that is off
 * by 1 % rounds to the exact one, and above it rounding adds less than the other 1 %.
 */
const RELATIVE_ACCURACY = 0.01;

const { mapping } = new DDSketch({ relativeAccuracy: RELATIVE_ACCURACY });

/** The bin of zero, which has no logarithm. */
const ZERO = '_zero';

/** The bin that counts a latency in milliseconds. */
export const binOf = (latencyMs: number): string => (latencyMs < 1 ? ZERO : String(mapping.key(latencyMs)));

const BIN = /^h(\d+|_zero)$/;

/** Latencies by bins, put together from any number of items. */
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
   * The smallest latency that a share `q` (0 to 1) of all does not exceed, in whole milliseconds and within 2 %; 0 without
   * any. Of few latencies the high quantiles are the largest, where the sketch by itself would round the rank down.
   */
  quantile(q: number): number {
    if (this.count === 0) return 0;
    const last = this.count - 1;
    const rank = Math.max(0, Math.ceil(q * this.count) - 1);
    // Half a rank more keeps a rounded product from falling below a whole one.
    return Math.round(this.sketch.getValueAtQuantile(rank >= last ? 1 : (rank + 0.5) / last));
  }
}

const latencyIn = (bin: string): number => (bin === ZERO ? 0 : mapping.value(Number(bin)));
