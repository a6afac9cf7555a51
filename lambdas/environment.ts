import * as z from 'zod';

const text = z.string().min(1);
const whole = (minimum: number) => z.coerce.number().int().min(minimum);
const flag = z.enum(['true', 'false']).transform((value) => value === 'true');

const table = z.object({ TABLE_NAME: text });
/** Calls that an API key may make unless it has limits of its own. */
const limits = z.object({ KEY_RATE_PER_SECOND: whole(1), KEY_RATE_BURST: whole(1) });
const indexed = table.extend({ TIMELINE_SHARDS: whole(1) });
const writing = indexed.extend({ RETENTION_DAYS: whole(1) });
const outgoing = z.object({ ALLOW_PLAIN_HTTP: flag, ALLOW_LOOPBACK: flag });

/**
 * The variables that each function reads, by function. The stack sets exactly these; a function parses them once, at
 * its cold start, and nothing else reads the environment.
 */
export const ENVIRONMENTS = {
  ingest: writing.extend(limits.shape),
  route: writing.extend({ DELIVERY_QUEUE_URL: text, SET_ASIDE_QUEUE_URL: text }),
  deliver: writing.extend({
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
  aggregate: table.extend({ SET_ASIDE_QUEUE_URL: text }),
  api: writing.extend({ BODY_RETENTION_DAYS: whole(1), ...limits.shape }),
  manage: table.extend({ ...outgoing.shape, ...limits.shape }),
  sweep: writing.extend({ DELIVERY_QUEUE_URL: text, DEAD_LETTER_QUEUE_URL: text }),
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
