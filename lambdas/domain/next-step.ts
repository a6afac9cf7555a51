import { type AttemptResult, isGone, isSuccess } from './attempt';
import { nextDelay, parseRetryAfter, type RetryPolicy } from './retry-policy';

/** What follows from an attempt. */
export type NextStep =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'retry'; readonly delaySeconds: number }
  | { readonly kind: 'dead'; readonly pauseDestination: boolean };

/**
 * Decides what follows from an attempt that was sent to several targets. While one of those that did not accept may be
 * tried again, they all are, and none sooner than it asked. A 410 pauses the destination only when nobody takes the
 * event any more; one target that is gone does not stop the others.
 *
 * @param accepted whether a target accepted the event, now or in an earlier attempt
 */
export function nextStepOfAll(
  results: readonly AttemptResult[],
  accepted: boolean,
  attemptInRound: number,
  policy: RetryPolicy,
  clock: { now(): number; random(): number },
): NextStep {
  const failures = results.filter((result) => !isSuccess(result));
  if (failures.length === 0) return { kind: 'delivered' };
  const steps = failures.map((result) => nextStep(result, attemptInRound, policy, clock));
  const delays = steps.flatMap((step) => (step.kind === 'retry' ? [step.delaySeconds] : []));
  if (delays.length > 0) return { kind: 'retry', delaySeconds: Math.max(...delays) };
  return { kind: 'dead', pauseDestination: !accepted && failures.every(isGone) };
}

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
