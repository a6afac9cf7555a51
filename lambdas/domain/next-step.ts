import type { AttemptResult } from './attempt';
import { nextDelay, type RetryPolicy } from './retry-policy';

/** What follows from an attempt. */
export type NextStep =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'retry'; readonly delaySeconds: number }
  | { readonly kind: 'dead'; readonly pauseDestination: boolean };

/**
 * Decides what follows from an attempt that was sent to several targets. While one of those that did not accept may be
 * tried again, they all are, and none sooner than it asked. The destination is paused only when all are gone and nobody
 * takes the event any more; one target that is gone does not stop the others.
 *
 * @param accepted whether a target accepted the event, now or in an earlier attempt
 */
export function nextStepOfAll(
  results: readonly AttemptResult[],
  accepted: boolean,
  attemptInRound: number,
  policy: RetryPolicy,
  random: () => number,
): NextStep {
  const failures = results.filter(({ kind }) => kind !== 'accepted');
  if (failures.length === 0) return { kind: 'delivered' };
  const steps = failures.map((result) => nextStep(result, attemptInRound, policy, random));
  const delays = steps.flatMap((step) => (step.kind === 'retry' ? [step.delaySeconds] : []));
  if (delays.length > 0) return { kind: 'retry', delaySeconds: Math.max(...delays) };
  return { kind: 'dead', pauseDestination: !accepted && failures.every(({ kind }) => kind === 'gone') };
}

/**
 * Decides what follows from the result of attempt `attemptInRound` (from 1). Everything that failed is tried again while
 * the round has attempts left, unless the target is gone.
 *
 * @param random a number in [0, 1)
 */
export function nextStep(
  result: AttemptResult,
  attemptInRound: number,
  policy: RetryPolicy,
  random: () => number,
): NextStep {
  if (result.kind === 'accepted') return { kind: 'delivered' };
  if (result.kind === 'gone') return { kind: 'dead', pauseDestination: true };
  if (attemptInRound >= policy.maxAttempts) return { kind: 'dead', pauseDestination: false };
  const asked = result.kind === 'refused' ? result.retryAfterSeconds : undefined;
  return { kind: 'retry', delaySeconds: nextDelay(policy, attemptInRound, asked, random) };
}
