import { type AttemptResult, isGone, isSuccess } from './attempt';
import { nextDelay, parseRetryAfter, type RetryPolicy } from './retry-policy';

/** What follows from an attempt. */
export type NextStep =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'retry'; readonly delaySeconds: number }
  | { readonly kind: 'dead'; readonly pauseDestination: boolean };

/**
 * Decides what follows from the result of attempt `attemptInRound` (from 1). Everything that failed is tried again while
 * the round has attempts left, unless it is known to be final: only 410 is.
 *
 * @param clock `now` in milliseconds since the epoch, `random` in [0, 1)
 */
export function nextStep(
  result: AttemptResult,
  attemptInRound: number,
  policy: RetryPolicy,
  clock: { now(): number; random(): number },
): NextStep {
  if (isSuccess(result)) return { kind: 'delivered' };
  if (isGone(result)) return { kind: 'dead', pauseDestination: true };
  if (attemptInRound >= policy.maxAttempts) return { kind: 'dead', pauseDestination: false };
  const header = result.kind === 'response' ? result.headers['retry-after'] : undefined;
  const asked = parseRetryAfter(header, clock.now());
  return { kind: 'retry', delaySeconds: nextDelay(policy, attemptInRound, asked, clock.random) };
}
