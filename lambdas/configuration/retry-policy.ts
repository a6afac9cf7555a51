import * as z from 'zod/mini';
import { DEFAULT_RETRY_POLICY, MAX_RETRY_AFTER_SECONDS, type RetryPolicy } from '../domain/retry-policy';
import { clearable, member } from './members';

const seconds = (least: number) => z.number().check(z.minimum(least), z.maximum(MAX_RETRY_AFTER_SECONDS));
/** At once, or after a time: the table holds no number that is nearly zero. */
const step = () =>
  z.union([z.literal(0), seconds(0.001)], { error: `must be 0, or from 0.001 to ${MAX_RETRY_AFTER_SECONDS}` });
const policy = () =>
  z
    .object({
      max_attempts: z._default(z.int().check(z.minimum(1), z.maximum(50)), 5),
      schedule: z.optional(z.array(step()).check(z.minLength(1), z.maxLength(50))),
      exponential: z.optional(
        z.object({
          initial_seconds: seconds(1),
          factor: z._default(z.number().check(z.minimum(1), z.maximum(10)), 2),
          max_seconds: z._default(seconds(1), 7200),
        }),
      ),
    })
    .check(
      z.refine(
        ({ schedule, exponential }) => !(schedule && exponential),
        'takes a schedule or exponential settings, not both',
      ),
    );

/** Null in a body asks for the policy of a destination that names none. */
export const retryPolicy = member({
  body: () => ({ retry_policy: clearable(policy()) }),
  kept: () =>
    z.union([
      z.object({ maxAttempts: z.int(), schedule: z.readonly(z.array(z.number())) }),
      z.object({
        maxAttempts: z.int(),
        exponential: z.object({ initialSeconds: z.number(), factor: z.number(), maxSeconds: z.number() }),
      }),
    ]),
  read: ({ retry_policy: given }, before) => (given === undefined && before ? undefined : readPolicy(given)),
  answer: () => ({
    retry_policy: z
      .object({
        max_attempts: z.int().check(z.minimum(1)),
        schedule: z
          .optional(z.array(z.number()))
          .register(z.globalRegistry, { description: 'Seconds between attempts; the last one repeats' }),
        exponential: z.optional(z.object({ initial_seconds: z.number(), factor: z.number(), max_seconds: z.number() })),
      })
      .register(z.globalRegistry, { id: 'RetryPolicy' }),
  }),
  write: (kept) => ({ retry_policy: writePolicy(kept) }),
});

function readPolicy(given: z.output<ReturnType<typeof policy>> | null | undefined): RetryPolicy {
  if (!given) return DEFAULT_RETRY_POLICY;
  const { max_attempts: maxAttempts, schedule, exponential } = given;
  if (!exponential) return { ...DEFAULT_RETRY_POLICY, maxAttempts, ...(schedule && { schedule }) };
  const { initial_seconds: initialSeconds, factor, max_seconds: maxSeconds } = exponential;
  return { maxAttempts, exponential: { initialSeconds, factor, maxSeconds } };
}

function writePolicy(kept: RetryPolicy) {
  if ('schedule' in kept) return { max_attempts: kept.maxAttempts, schedule: [...kept.schedule] };
  const { initialSeconds, factor, maxSeconds } = kept.exponential;
  return {
    max_attempts: kept.maxAttempts,
    exponential: { initial_seconds: initialSeconds, factor, max_seconds: maxSeconds },
  };
}
