import { SQSClient } from '@aws-sdk/client-sqs';
import { readEnvironment } from '../environment';
import { logger } from '../log';
import { METRICS } from '../metric-names';
import { count, publishMetrics } from '../metrics';
import { openTable } from '../store/table';
import { type Recovered, recoverDeliveries } from './recover';
import { resumeParked } from './resume-parked';
import { type Tidied, tidyDeadLetters } from './tidy-dead-letters';

const environment = readEnvironment('sweep');
const table = openTable(environment.TABLE_NAME);
const queue = { sqs: new SQSClient({}), url: environment.DEAD_LETTER_QUEUE_URL };
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
}

/** Every minute: the repairs that nothing else would make. One that fails keeps none of the others from being made. */
export async function handler(): Promise<Swept> {
  const [resumed, deadLetters, recovered] = await Promise.allSettled([
    resumeParked(table, { limit: PACE.pace, timeLimitMs: PACE.timeLimitMs }, Date.now),
    tidyDeadLetters({ table, queue, settings: { ...common, limit: 500 }, now: Date.now, reportForeign }),
    recoverDeliveries({ table, shards: common.shards, ...PACE, now: Date.now }),
  ]);
  const swept = {
    ...settledValue(resumed),
    deadLetters: settledValue(deadLetters),
    recovered: settledValue(recovered),
  };
  logger.info('swept', swept);
  count(METRICS.sweep.resumed, swept.resumed);
  count(METRICS.sweep.repairs, swept.deadLetters.repaired);
  count(METRICS.sweep.foreign, swept.deadLetters.foreign);
  publishMetrics();
  return swept;
}

function reportForeign(messageId: string, why: string): void {
  logger.warn('foreign message in the dead-letter queue', { messageId, why });
}

function settledValue<Value>(result: PromiseSettledResult<Value>): Value {
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}
