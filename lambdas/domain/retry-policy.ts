/** Seconds that `Retry-After` may ask for at most; a receiver that asks for more is asked again after a day. */
export const MAX_RETRY_AFTER_SECONDS = 86_400;

/** Jitter: a delay is multiplied by a random factor between 1 − 0.2 and 1 + 0.2, so that retries do not march in step. */
const JITTER = 0.2;

/** Waits between attempts, in seconds: a list whose last step repeats, or a geometric series with a ceiling. */
export type RetryPolicy = {
  /** How many attempts a round has in all, the first one included. */
  readonly maxAttempts: number;
} & (
  | { readonly schedule: readonly number[] }
  | { readonly exponential: { readonly initialSeconds: number; readonly factor: number; readonly maxSeconds: number } }
);

/** Used by a destination that names none: 5 s, 5 min, 30 min, 2 h. */
export const DEFAULT_RETRY_POLICY: RetryPolicy = { maxAttempts: 5, schedule: [5, 300, 1800, 7200] };

/**
 * The wait that the policy itself asks for after attempt `attempt` (from 1) of a round, in seconds.
 */
export function scheduledDelay(policy: RetryPolicy, attempt: number): number {
  if ('schedule' in policy) return policy.schedule[Math.min(attempt, policy.schedule.length) - 1] ?? 0;
  const { initialSeconds, factor, maxSeconds } = policy.exponential;
  return Math.min(maxSeconds, initialSeconds * factor ** (attempt - 1));
}

/**
 * The wait before the next attempt, in whole seconds: the policy's step with jitter, and never sooner than the receiver
 * asked for.
 *
 * @param attempt the attempt that just failed, counted in its round from 1
 * @param retryAfter what the receiver asked for in seconds, if anything
 * @param random a number in [0, 1)
 */
export function nextDelay(
  policy: RetryPolicy,
  attempt: number,
  retryAfter: number | undefined,
  random: () => number,
): number {
  const jittered = scheduledDelay(policy, attempt) * (1 + JITTER * (2 * random() - 1));
  const asked = Math.min(retryAfter ?? 0, MAX_RETRY_AFTER_SECONDS);
  return Math.ceil(Math.max(jittered, asked));
}
