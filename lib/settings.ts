import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as z from 'zod';

/** How long a message may wait in the delivery queue before SQS drops it, in days. */
export const DELIVERY_RETENTION_DAYS = 4;

/** AWS recommends six function timeouts, so that a throttled batch is not received again while it is still waiting. */
export const VISIBILITY_TIMEOUTS = 6;

/** Concurrent executions of a new account. The template cannot look up the account's quota, so it assumes the smallest. */
const SMALLEST_CONCURRENCY = 10;

/** Batches that are delivered at the same time if the account has plenty of concurrency. */
const USUAL_BATCHES = 50;

/** Executions that Lambda keeps unreserved: https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html */
const UNRESERVABLE_CONCURRENCY = 100;

const LOG_RETENTIONS = Object.values(RetentionDays)
  .filter((value): value is RetentionDays => typeof value === 'number' && value !== RetentionDays.INFINITE)
  .sort((a, b) => a - b);

// Values given with `cdk deploy -c key=value` always arrive as strings.
const numeral = z
  .string()
  .regex(/^-?\d+$/)
  .transform(Number);

function rangedNumber(min: number, max: number) {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.union([z.number(), numeral], { error }).pipe(z.int({ error }).min(min, { error }).max(max, { error }));
}

const wholeNumber = (min: number, max: number, fallback: number) => rangedNumber(min, max).default(fallback);

function flag() {
  const word = z.enum(['true', 'false']).transform((value) => value === 'true');
  return z.union([z.boolean(), word], { error: 'must be true or false' }).default(false);
}

const logRetention = z
  .union([z.number(), numeral], { error: `must be one of ${LOG_RETENTIONS.join(', ')}` })
  .refine((days): days is RetentionDays => LOG_RETENTIONS.some((allowed) => allowed === days), {
    error: `must be one of ${LOG_RETENTIONS.join(', ')} (the periods CloudWatch Logs offers)`,
  })
  .default(30);

const KEY_ARN_RULE = 'must be the ARN of a KMS key (no alias), such as arn:aws:kms:eu-west-1:111122223333:key/…';

const contextValues = z.object({
  stackName: z
    .string({ error: 'must be text' })
    .regex(/^[A-Za-z][A-Za-z0-9-]{0,127}$/, {
      error: 'must be 1 to 128 letters, digits and hyphens, and start with a letter',
    })
    .default('Posthorn'),
  retentionDays: wholeNumber(15, 365, 30),
  bodyRetentionDays: rangedNumber(1, 365).optional(),
  timelineShards: wholeNumber(1, 64, 4),
  schedulerThresholdSeconds: wholeNumber(1, 900, 900),
  allowPlainHttp: flag(),
  allowLoopback: flag(),
  removalPolicy: z.enum(['retain', 'destroy'], { error: 'must be "retain" or "destroy"' }).default('retain'),
  deletionProtection: flag(),
  logRetentionDays: logRetention,
  maxReceiveCount: wholeNumber(2, 100, 5),
  deliverTimeoutSeconds: wholeNumber(3, 900, 60),
  accountConcurrency: wholeNumber(SMALLEST_CONCURRENCY, 1_000_000, SMALLEST_CONCURRENCY),
  deliverMaxConcurrency: rangedNumber(2, 1000).optional(),
  ingestReservedConcurrency: rangedNumber(1, 1_000_000).optional(),
  sweepIntervalMinutes: wholeNumber(1, 60, 1),
  keyRatePerSecond: wholeNumber(1, 100_000, 50),
  keyRateBurst: wholeNumber(1, 100_000, 100),
  breakerThreshold: wholeNumber(1, 10_000, 20),
  breakerCoolDownSeconds: wholeNumber(1, 3600, 30),
  breakerMaxCoolDownSeconds: wholeNumber(1, 86_400, 900),
  alarmTopicArn: z
    .string({ error: 'must be text' })
    .regex(/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/, { error: 'must be the ARN of an SNS topic' })
    .optional(),
  oldestDeliveryAlarmSeconds: wholeNumber(60, 30 * 86_400, 6 * 3600),
  tracing: flag(),
  customerManagedKey: flag(),
  kmsKeyArn: z
    .string({ error: KEY_ARN_RULE })
    .regex(/^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/, { error: KEY_ARN_RULE })
    .optional(),
});

const schema = contextValues.transform((settings) => ({
  ...settings,
  bodyRetentionDays: settings.bodyRetentionDays ?? settings.retentionDays,
  // All functions share the account's concurrency. When none is left, callers of the API get a 503.
  deliverMaxConcurrency:
    settings.deliverMaxConcurrency ?? Math.min(USUAL_BATCHES, Math.floor(settings.accountConcurrency / 2)),
}));

/**
 * Settings for operators, as CDK context values. Every one has a default.
 *
 * - `stackName`: name of the CloudFormation stack (default `Posthorn`).
 * - `retentionDays`: days that events, deliveries and attempts stay in the table (30); at least 15, so that a delivery is
 *   still there when its dead letter is redriven on the last day.
 * - `bodyRetentionDays`: days that the bodies of attempts are shown (as long as they are stored).
 * - `timelineShards`: partitions of each timeline; one takes about 1,000 writes a second (4).
 * - `schedulerThresholdSeconds`: later retries use EventBridge Scheduler instead of an SQS delay (900).
 * - `allowPlainHttp`: accept destinations with `http:` URLs (false).
 * - `allowLoopback`: accept destinations on loopback addresses; for local use only (false).
 * - `removalPolicy`: what happens to table, dead letters and key when the stack is deleted, `retain` or `destroy` (`retain`).
 * - `deletionProtection`: DynamoDB refuses to delete the table, also when a first deployment failed (false).
 * - `logRetentionDays`: days that log groups keep their entries (30).
 * - `maxReceiveCount`: receives after which SQS moves a message to the dead-letter queue (5).
 * - `deliverTimeoutSeconds`: timeout of the function that sends (60).
 * - `accountConcurrency`: the account's quota of concurrent executions in the region (10, as in a new account).
 * - `deliverMaxConcurrency`: batches of deliveries that run concurrently (half of `accountConcurrency`, at most 50).
 * - `ingestReservedConcurrency`: executions that only the function that accepts events may use (none).
 * - `sweepIntervalMinutes`: minutes between two runs of the repairs (1).
 * - `keyRatePerSecond`: calls a second that an API key may make unless it has a limit of its own (50).
 * - `keyRateBurst`: calls that such a key may make all at once after a pause (100).
 * - `breakerThreshold`: failed attempts in a row that open the breaker of a destination (20).
 * - `breakerCoolDownSeconds`: how long it stays open at first; twice as long each further time (30).
 * - `breakerMaxCoolDownSeconds`: the longest time it stays open (900).
 * - `alarmTopicArn`: SNS topic to notify of alarms (none: they show in CloudWatch only).
 * - `oldestDeliveryAlarmSeconds`: age at which an unsettled delivery raises an alarm, whatever its state (6 hours).
 * - `tracing`: X-Ray traces of all functions (false).
 * - `customerManagedKey`: create a KMS key for the table and all queues (false).
 * - `kmsKeyArn`: use this KMS key instead; its policy has to leave permissions to IAM (no default).
 */
export type Settings = z.output<typeof schema>;

/** Context values that are unknown or out of range. `problems` has one sentence for each. */
export class InvalidSettingsError extends Error {
  override readonly name = 'InvalidSettingsError';
  readonly code = 'INVALID_SETTINGS';

  constructor(readonly problems: readonly string[]) {
    super(`Invalid context values:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

/**
 * Reads the settings from the context of a CDK app.
 *
 * @param context all context values, CDK's own among them (those have punctuation in their keys and are left alone)
 * @throws InvalidSettingsError naming every key that is unknown or out of range, with what is allowed
 */
export function parseSettings(context: Readonly<Record<string, unknown>>): Settings {
  const unknown = unknownKeys(context);
  const parsed = schema.safeParse(context);
  const problems = [...unknown, ...(parsed.error?.issues.map((issue) => describe(issue, context)) ?? [])];
  if (!parsed.success || problems.length > 0) throw new InvalidSettingsError(problems);
  refuseEarlyExpiry(parsed.data);
  refuseTwoKeys(parsed.data);
  refuseProtectedAndDestroyed(parsed.data);
  refuseTooMuchReserved(parsed.data);
  return parsed.data;
}

// Otherwise a misspelt key would silently mean the default.
function unknownKeys(context: Readonly<Record<string, unknown>>): string[] {
  const known = Object.keys(contextValues.shape);
  return Object.keys(context)
    .filter((key) => /^\w+$/.test(key) && !known.includes(key))
    .map((key) => `${key} is not a setting; there are ${known.join(', ')}`);
}

function describe(issue: z.core.$ZodIssue, context: Readonly<Record<string, unknown>>): string {
  const key = String(issue.path[0]);
  return `${key} ${issue.message}, not ${JSON.stringify(context[key])}`;
}

function refuseTwoKeys({ customerManagedKey, kmsKeyArn }: Settings): void {
  if (!customerManagedKey || kmsKeyArn === undefined) return;
  throw new InvalidSettingsError(['customerManagedKey makes a key and kmsKeyArn names one: set one of the two']);
}

function refuseProtectedAndDestroyed({ removalPolicy, deletionProtection }: Settings): void {
  if (removalPolicy !== 'destroy' || !deletionProtection) return;
  throw new InvalidSettingsError([
    'deletionProtection keeps a table that removalPolicy "destroy" deletes: set one of the two',
  ]);
}

function refuseTooMuchReserved({ accountConcurrency, ingestReservedConcurrency = 0 }: Settings): void {
  const reservable = Math.max(0, accountConcurrency - UNRESERVABLE_CONCURRENCY);
  if (ingestReservedConcurrency <= reservable) return;
  throw new InvalidSettingsError([
    `ingestReservedConcurrency is ${ingestReservedConcurrency}, but AWS keeps ${UNRESERVABLE_CONCURRENCY} executions of an ` +
      `account unreserved: with an accountConcurrency of ${accountConcurrency} you can reserve ${reservable}`,
  ]);
}

// A message keeps its age through every receive, so its receives have to be used up before it is too old for the queue.
function refuseEarlyExpiry(settings: Settings): void {
  const seconds = settings.maxReceiveCount * VISIBILITY_TIMEOUTS * settings.deliverTimeoutSeconds;
  if (seconds < DELIVERY_RETENTION_DAYS * 86_400) return;
  throw new InvalidSettingsError([
    `maxReceiveCount × deliverTimeoutSeconds must stay below ${(DELIVERY_RETENTION_DAYS * 86_400) / VISIBILITY_TIMEOUTS}` +
      `, so that a message reaches the dead-letter queue before it expires; it is ${settings.maxReceiveCount * settings.deliverTimeoutSeconds}`,
  ]);
}
