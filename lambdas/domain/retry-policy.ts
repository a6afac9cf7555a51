/** The longest `Retry-After` that is honoured, in seconds: a day. */
export const MAX_RETRY_AFTER_SECONDS = 86_400;

/** Jitter: a delay is multiplied by a random factor from 0.8 to 1.2, so that retries do not come in waves. */
const JITTER = 0.2;

/** Delays between attempts, in seconds: a list whose last step repeats, or exponential backoff with a maximum. */
export type RetryPolicy = {
  /** How many attempts a round has in all, the first one included. */
  readonly maxAttempts: number;
} & (
  | { readonly schedule: readonly number[] }
  | { readonly exponential: { readonly initialSeconds: number; readonly factor: number; readonly maxSeconds: number } }
);

/** The default: 5 s, 5 min, 30 min, 2 h. */
export const DEFAULT_RETRY_POLICY: RetryPolicy = { maxAttempts: 5, schedule: [5, 300, 1800, 7200] };

/** The policy's delay after attempt `attempt` (from 1) of a round, in seconds, without jitter. */
export function scheduledDelay(policy: RetryPolicy, attempt: number): number {
  if ('schedule' in policy) return policy.schedule[Math.min(attempt, policy.schedule.length) - 1] ?? 0;
  const { initialSeconds, factor, maxSeconds } = policy.exponential;
  return Math.min(maxSeconds, initialSeconds * factor ** (attempt - 1));
}

/**
 * The delay before the next attempt, in whole seconds: the policy's step with jitter, and never sooner than the
 * receiver asked.
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
