import { SQSClient } from '@aws-sdk/client-sqs';
import { readEnvironment } from '../../runtime/environment';
import { logger } from '../../runtime/log';
import { METRICS } from '../../runtime/metric-names';
import { count, measureSeconds, publishMetrics } from '../../runtime/metrics';
import { openTable } from '../../store/table/table';
import { readEnvironments, type SweptEnvironment } from './environments';
import { hasBacklog } from './guards';
import { mend } from './mend';
import { type Recovered, recoverDeliveries } from './recover';
import { resumeParked } from './resume-parked';
import { type Tidied, tidyDeadLetters } from './tidy-dead-letters';

const environment = readEnvironment('sweep');
const table = openTable(environment.TABLE_NAME);
const sqs = new SQSClient({});
const queue = { sqs, url: environment.DEAD_LETTER_QUEUE_URL };
const common = { shards: environment.TIMELINE_SHARDS, retentionDays: environment.RETENTION_DAYS };

/** The rest of the minute is for the deliveries themselves, and for the function's timeout. */
const PACE = { pace: 1000, timeLimitMs: 20_000 };

/** What one run did. */
export interface Swept {
  readonly resumed: number;
  /** Deliveries that were sent on to probe a destination whose circuit is open. */
  readonly probes: number;
  readonly deadLetters: Tidied;
  readonly recovered: Recovered;
  /** What was mended that nothing else would have, by kind. A healthy stack needs none of it. */
  readonly repairs: {
    /** Deaths that nobody had recorded, and retries that a message in the dead-letter queue tells of. */
    readonly deadLetters: number;
    /** Probes whose worker is gone. */
    readonly probes: number;
    /** Deliveries whose message is gone. */
    readonly stranded: number;
    /** Deliveries whose next attempt is long due. */
    readonly late: number;
    /** Events whose routing was cut off. */
    readonly unrouted: number;
  };
  /** Age in seconds of the oldest delivery that is not settled; 0 when all are. */
  readonly oldestSeconds: number;
}

/** Every minute: the repairs that nothing else would make. One that fails keeps none of the others from being made. */
export async function handler(): Promise<Swept> {
  const environments = await readEnvironments(table);
  const [resuming, tidying, recovering] = await Promise.allSettled([
    resumeParked(table, environments, { limit: PACE.pace, timeLimitMs: PACE.timeLimitMs }, Date.now),
    tidyDeadLetters({ table, queue, settings: { ...common, limit: 500 }, now: Date.now, reportForeign }),
    recoverDeliveries({ table, shards: common.shards, ...PACE, now: Date.now }),
  ]);
  // Last: a delivery whose message is in the dead-letter queue is dead rather than stranded.
  const { oldestSeconds, ...mended } = await mendAll(environments);
  const { replaced, ...resumed } = settledValue(resuming);
  const [deadLetters, recovered] = [settledValue(tidying), settledValue(recovering)];
  const repairs = { deadLetters: deadLetters.repaired, probes: replaced, ...mended };
  const swept = { ...resumed, deadLetters, recovered, repairs, oldestSeconds };
  logger.info('swept', swept);
  report(swept);
  return swept;
}

async function mendAll(environments: readonly SweptEnvironment[]) {
  let backlog: Promise<boolean> | undefined;
  return mend(
    {
      table,
      shards: common.shards,
      timeLimitMs: PACE.timeLimitMs,
      now: Date.now,
      hasBacklog: () => (backlog ??= hasBacklog(sqs, environment.DELIVERY_QUEUE_URL)),
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
