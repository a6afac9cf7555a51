import * as z from 'zod/mini';
import './schema-messages';

const text = z.string().check(z.minLength(1));
const whole = (minimum: number) => z.coerce.number().check(z.int(), z.minimum(minimum));
const flag = z.pipe(
  z.enum(['true', 'false']),
  z.transform((value) => value === 'true'),
);

const table = z.object({ TABLE_NAME: text });
/** Calls that an API key may make unless it has limits of its own. */
const limits = z.object({ KEY_RATE_PER_SECOND: whole(1), KEY_RATE_BURST: whole(1) });
const indexed = z.extend(table, { TIMELINE_SHARDS: whole(1) });
const writing = z.extend(indexed, { RETENTION_DAYS: whole(1) });
const outgoing = z.object({ ALLOW_PLAIN_HTTP: flag, ALLOW_LOOPBACK: flag });

/**
 * The variables that each function reads, by function. The stack sets exactly these; a function parses them once, at
 * its cold start, and nothing else reads the environment.
 */
export const ENVIRONMENTS = {
  ingest: z.extend(writing, limits.shape),
  route: z.extend(writing, { DELIVERY_QUEUE_URL: text, SET_ASIDE_QUEUE_URL: text }),
  deliver: z.extend(writing, {
    DELIVERY_QUEUE_URL: text,
    MAX_RECEIVE_COUNT: whole(1),
    FUNCTION_TIMEOUT_SECONDS: whole(1),
    SCHEDULE_GROUP_NAME: text,
    SCHEDULE_ROLE_ARN: text,
    SCHEDULER_THRESHOLD_SECONDS: whole(1),
    BREAKER_THRESHOLD: whole(1),
    BREAKER_COOL_DOWN_SECONDS: whole(1),
    BREAKER_MAX_COOL_DOWN_SECONDS: whole(1),
    ...outgoing.shape,
  }),
  aggregate: z.extend(table, { SET_ASIDE_QUEUE_URL: text }),
  api: z.extend(writing, { BODY_RETENTION_DAYS: whole(1), ...limits.shape }),
  manage: z.extend(table, { ...outgoing.shape, ...limits.shape }),
  sweep: z.extend(writing, { DELIVERY_QUEUE_URL: text, DEAD_LETTER_QUEUE_URL: text }),
} as const;

export type FunctionName = keyof typeof ENVIRONMENTS;

/**
 * Parses a function's environment.
 *
 * @throws Error naming the variables that are missing or wrong; a function must not start with a guess
 */
export function readEnvironment<Name extends FunctionName>(
  name: Name,
  variables: NodeJS.ProcessEnv = process.env,
): z.output<(typeof ENVIRONMENTS)[Name]> {
  const parsed = ENVIRONMENTS[name].safeParse(variables);
  if (parsed.success) return parsed.data as z.output<(typeof ENVIRONMENTS)[Name]>;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`The environment of the function ${name} is incomplete: ${problems.join('; ')}`);
}

/** The limits of a key without limits of its own, as the functions are told. */
export const defaultLimits = (environment: z.output<typeof limits>) => ({
  perSecond: environment.KEY_RATE_PER_SECOND,
  burst: environment.KEY_RATE_BURST,
});
