import { SQSClient } from '@aws-sdk/client-sqs';
import { readEnvironment } from '../../runtime/environment';
import { logger } from '../../runtime/log';
import { METRICS } from '../../runtime/metric-names';
import { count, measureSeconds, publishMetrics } from '../../runtime/metrics';
import { knownDeadLetters } from '../../statistics/lifetime';
import { openTable } from '../../store/table/table';
import { countMessages } from './dead-letter-queue';
import { readEnvironments, type SweptEnvironment } from './environments';
import { certainAfterMs } from './guards';
import { type Recovered, recoverDeliveries } from './recover';
import { repair } from './repair';
import { resumeParked } from './resume-parked';
import { type Tidied, tidyDeadLetters } from './tidy-dead-letters';
import { tidyWhenDue } from './tidy-when-due';

const environment = readEnvironment('sweep');
const table = openTable(environment.TABLE_NAME);
const sqs = new SQSClient({});
const queue = { sqs, url: environment.DEAD_LETTER_QUEUE_URL };
const common = { shards: environment.TIMELINE_SHARDS, retentionDays: environment.RETENTION_DAYS };

/** Leaves room in the minute for the deliveries themselves, and before the function's timeout. */
const PACE = { pace: 1000, timeLimitMs: 20_000 };

/** How much of the dead-letter queue one run looks at. */
const TIDYING = { limit: 5000, timeLimitMs: PACE.timeLimitMs };

/** What one run did. */
export interface Swept {
  readonly resumed: number;
  /** Deliveries that were resumed as probes of an open circuit. */
  readonly probes: number;
  readonly deadLetters: Tidied;
  readonly recovered: Recovered;
  /** Repairs that nothing else would have made, by kind. A healthy stack needs none. */
  readonly repairs: {
    /** Deaths that were never recorded, and lost retries, found by their messages in the dead-letter queue. */
    readonly deadLetters: number;
    /** Probes whose worker is gone. */
    readonly probes: number;
    /** Deliveries whose message is gone. */
    readonly stranded: number;
    /** Deliveries whose next attempt is long overdue. */
    readonly late: number;
    /** Events that were never routed, or not to the end. */
    readonly unrouted: number;
  };
  /** Age in seconds of the oldest unsettled delivery; 0 if there is none. */
  readonly oldestSeconds: number;
}

const tidy = tidyWhenDue({
  countMessages: () => countMessages(queue),
  countOpen: (environments) => knownDeadLetters(table, { environments }),
  tidy: (messages) =>
    tidyDeadLetters({ table, queue, settings: { ...common, ...TIDYING }, now: Date.now, reportForeign }, messages),
  now: Date.now,
});

/** Every minute: makes the repairs that nothing else would. If one fails, the others are still made. */
export async function handler(event?: { readonly source?: string }): Promise<Swept> {
  const environments = await readEnvironments(table);
  const [resuming, tidying, recovering] = await Promise.allSettled([
    resumeParked(table, environments, { limit: PACE.pace, timeLimitMs: PACE.timeLimitMs }, Date.now),
    // Who starts a run by hand wants to see its effect.
    tidy(
      event?.source === 'aws.scheduler' ? 'when due' : 'now',
      environments.map(({ id }) => id),
    ),
    recoverDeliveries({ table, shards: common.shards, ...PACE, now: Date.now }),
  ]);
  // Comes last: a delivery whose message is in the dead-letter queue is dead, not stranded.
  const { oldestSeconds, ...repaired } = await repairAll(environments);
  const { replaced, ...resumed } = settledValue(resuming);
  const [deadLetters, recovered] = [settledValue(tidying), settledValue(recovering)];
  const repairs = { deadLetters: deadLetters.repaired, probes: replaced, ...repaired };
  const swept = { ...resumed, deadLetters, recovered, repairs, oldestSeconds };
  logger.info('swept', swept);
  report(swept);
  return swept;
}

async function repairAll(environments: readonly SweptEnvironment[]) {
  let certain: Promise<number> | undefined;
  return repair(
    {
      table,
      shards: common.shards,
      timeLimitMs: PACE.timeLimitMs,
      now: Date.now,
      certainAfterMs: () => (certain ??= certainAfterMs(sqs, environment.DELIVERY_QUEUE_URL)),
    },
    environments,
  );
}

function report({ resumed, deadLetters, repairs, oldestSeconds }: Swept): void {
  count(METRICS.sweep.resumed, resumed);
  for (const times of Object.values(repairs)) count(METRICS.sweep.repairs, times);
  count(METRICS.sweep.foreign, deadLetters.foreign);
  measureSeconds(METRICS.sweep.oldest, oldestSeconds);
  publishMetrics();
}

function reportForeign(messageId: string, why: string): void {
  logger.warn('foreign message in the dead-letter queue', { messageId, why });
}

function settledValue<Value>(result: PromiseSettledResult<Value>): Value {
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}
