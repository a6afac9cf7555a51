import * as z from 'zod/mini';
import './schema-messages';

const text = z.string().check(z.minLength(1));
const count = z.coerce.number().check(z.int(), z.minimum(1));
const flag = z.pipe(
  z.enum(['true', 'false']),
  z.transform((value) => value === 'true'),
);

const table = { TABLE_NAME: text };
/** Calls that an API key may make unless it has limits of its own. */
const limits = { KEY_RATE_PER_SECOND: count, KEY_RATE_BURST: count };
const indexed = { ...table, TIMELINE_SHARDS: count };
const writing = { ...indexed, RETENTION_DAYS: count };
const outgoing = { ALLOW_PLAIN_HTTP: flag, ALLOW_LOOPBACK: flag };

/**
 * The variables that each function reads, by function. The stack sets exactly these; a function parses them once, at
 * cold start, and nothing else reads the environment.
 */
export const ENVIRONMENTS = {
  ingest: z.object({ ...writing, ...limits }),
  route: z.object({ ...writing, DELIVERY_QUEUE_URL: text, SET_ASIDE_QUEUE_URL: text }),
  deliver: z.object({
    ...writing,
    DELIVERY_QUEUE_URL: text,
    MAX_RECEIVE_COUNT: count,
    SCHEDULE_GROUP_NAME: text,
    SCHEDULE_ROLE_ARN: text,
    SCHEDULER_THRESHOLD_SECONDS: count,
    BREAKER_THRESHOLD: count,
    BREAKER_COOL_DOWN_SECONDS: count,
    BREAKER_MAX_COOL_DOWN_SECONDS: count,
    ...outgoing,
  }),
  aggregate: z.object({ ...table, SET_ASIDE_QUEUE_URL: text }),
  api: z.object({ ...writing, BODY_RETENTION_DAYS: count, ...limits }),
  manage: z.object({ ...table, ...outgoing, ...limits }),
  sweep: z.object({ ...writing, DELIVERY_QUEUE_URL: text, DEAD_LETTER_QUEUE_URL: text }),
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
  // Compiling a parser does not pay for something parsed once.
  const parsed = ENVIRONMENTS[name].safeParse(variables, { jitless: true });
  if (parsed.success) return parsed.data as z.output<(typeof ENVIRONMENTS)[Name]>;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`The environment of the function ${name} is incomplete: ${problems.join('; ')}`);
}

/** The limits of keys that have none of their own. */
export const defaultLimits = (environment: z.output<z.ZodMiniObject<typeof limits>>) => ({
  perSecond: environment.KEY_RATE_PER_SECOND,
  burst: environment.KEY_RATE_BURST,
});
