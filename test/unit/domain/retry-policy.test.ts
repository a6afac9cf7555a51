import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DEFAULT_RETRY_POLICY,
  MAX_RETRY_AFTER_SECONDS,
  nextDelay,
  type RetryPolicy,
  scheduledDelay,
} from '../../../lambdas/domain/retry-policy';

const middle = () => 0.5;
const attempt = fc.integer({ min: 1, max: 60 });
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const seconds = fc.double({ min: 0, max: 86_400, noNaN: true });
const policy: fc.Arbitrary<RetryPolicy> = fc.oneof(
  fc.record({ maxAttempts: attempt, schedule: fc.array(seconds, { minLength: 1, maxLength: 6 }) }),
  fc.record({
    maxAttempts: attempt,
    exponential: fc.record({
      initialSeconds: fc.integer({ min: 1, max: 600 }),
      factor: fc.integer({ min: 1, max: 10 }),
      maxSeconds: fc.integer({ min: 1, max: 86_400 }),
    }),
  }),
);

describe('the wait that a policy asks for', () => {
  it('follows the default schedule: 5 s, 5 min, 30 min, 2 h', () => {
    expect([1, 2, 3, 4].map((n) => scheduledDelay(DEFAULT_RETRY_POLICY, n))).toEqual([5, 300, 1800, 7200]);
    expect(DEFAULT_RETRY_POLICY.maxAttempts).toBe(5);
  });

  it('repeats the last step of a schedule', () => {
    expect(scheduledDelay({ maxAttempts: 9, schedule: [1, 2] }, 2)).toBe(2);
    expect(scheduledDelay({ maxAttempts: 9, schedule: [1, 2] }, 8)).toBe(2);
  });

  it('is nothing where a schedule has no step', () => {
    expect(scheduledDelay({ maxAttempts: 2, schedule: [] }, 1)).toBe(0);
  });

  it('grows by its factor up to the ceiling', () => {
    const exponential = { initialSeconds: 10, factor: 3, maxSeconds: 200 };
    const waits = [1, 2, 3, 4, 5].map((n) => scheduledDelay({ maxAttempts: 9, exponential }, n));
    expect(waits).toEqual([10, 30, 90, 200, 200]);
  });

  it('stays at the ceiling when the series leaves the range of numbers', () => {
    const exponential = { initialSeconds: 1, factor: 10, maxSeconds: 7200 };
    expect(scheduledDelay({ maxAttempts: 1000, exponential }, 900)).toBe(7200);
  });
});

describe('the wait before the next attempt', () => {
  it('keeps within a fifth of the step, and is whole seconds', () => {
    fc.assert(
      fc.property(policy, attempt, random, (policy, attempt, at) => {
        const step = scheduledDelay(policy, attempt);
        const delay = nextDelay(policy, attempt, undefined, () => at);
        expect(Number.isSafeInteger(delay)).toBe(true);
        expect(delay).toBeGreaterThanOrEqual(Math.floor(step * 0.8));
        expect(delay).toBeLessThanOrEqual(Math.ceil(step * 1.2));
      }),
    );
  });

  it('spreads over the whole of that fifth', () => {
    const policy = { maxAttempts: 5, schedule: [1000] };
    expect(nextDelay(policy, 1, undefined, () => 0)).toBe(800);
    expect(nextDelay(policy, 1, undefined, middle)).toBe(1000);
    expect(nextDelay(policy, 1, undefined, () => 0.999_999)).toBe(1200);
  });

  it('is never shorter than the receiver asked for, up to a day', () => {
    fc.assert(
      fc.property(policy, attempt, random, fc.integer({ min: 0, max: 200_000 }), (policy, attempt, at, asked) => {
        const delay = nextDelay(policy, attempt, asked, () => at);
        expect(delay).toBeGreaterThanOrEqual(Math.min(asked, MAX_RETRY_AFTER_SECONDS));
      }),
    );
  });

  it('is the policy’s own where the receiver asked for less', () => {
    expect(nextDelay({ maxAttempts: 5, schedule: [100] }, 1, 3, middle)).toBe(100);
  });

  it('follows a receiver that asks for more than a day for a day only', () => {
    expect(nextDelay(DEFAULT_RETRY_POLICY, 1, 10 ** 21, middle)).toBe(86_400);
  });
});
