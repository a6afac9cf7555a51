import type { z } from 'zod';
import type { ENVIRONMENTS, FunctionName } from '../lambdas/runtime/environment';
import type { Settings } from './settings';

/** Names and addresses that functions need and that are known only when the stack is deployed. */
export interface Surroundings {
  readonly tableName: string;
  readonly deliveryQueueUrl: string;
  readonly deadLetterQueueUrl: string;
  readonly setAsideQueueUrl: string;
  readonly scheduleGroupName: string;
  readonly scheduleRoleArn: string;
}

// Node resolves names on libuv's threads. There are four by default, and lookups may use half of them: two names whose
// servers do not answer would delay every other destination of the instance.
const THREADS = { UV_THREADPOOL_SIZE: '64' };

// Names come from the schemas that the functions parse: a variable that one of them misses is a type error here.
type Variables = {
  readonly [Name in FunctionName]: Readonly<Record<keyof z.input<(typeof ENVIRONMENTS)[Name]>, string>>;
};

/** The variables of one function: nothing that it does not read. */
export function environmentFor(
  name: FunctionName,
  settings: Settings,
  around: Surroundings,
): Readonly<Record<string, string>> {
  const table = { TABLE_NAME: around.tableName };
  const timeline = { ...table, TIMELINE_SHARDS: String(settings.timelineShards) };
  const writer = { ...timeline, RETENTION_DAYS: String(settings.retentionDays) };
  const sender = { ...writer, DELIVERY_QUEUE_URL: around.deliveryQueueUrl };
  const aside = { SET_ASIDE_QUEUE_URL: around.setAsideQueueUrl };
  const limits = {
    KEY_RATE_PER_SECOND: String(settings.keyRatePerSecond),
    KEY_RATE_BURST: String(settings.keyRateBurst),
  };
  const destinations = {
    ALLOW_PLAIN_HTTP: String(settings.allowPlainHttp),
    ALLOW_LOOPBACK: String(settings.allowLoopback),
  };
  const environments: Variables = {
    ingest: { ...writer, ...limits },
    route: { ...sender, ...aside },
    deliver: { ...sender, ...destinations, ...followUp(settings, around), ...THREADS },
    aggregate: { ...table, ...aside },
    api: { ...writer, BODY_RETENTION_DAYS: String(settings.bodyRetentionDays), ...limits },
    manage: { ...table, ...destinations, ...limits },
    sweep: { ...sender, DEAD_LETTER_QUEUE_URL: around.deadLetterQueueUrl },
  };
  return environments[name];
}

function followUp(settings: Settings, around: Surroundings) {
  return {
    MAX_RECEIVE_COUNT: String(settings.maxReceiveCount),
    SCHEDULE_GROUP_NAME: around.scheduleGroupName,
    SCHEDULE_ROLE_ARN: around.scheduleRoleArn,
    SCHEDULER_THRESHOLD_SECONDS: String(settings.schedulerThresholdSeconds),
    BREAKER_THRESHOLD: String(settings.breakerThreshold),
    BREAKER_COOL_DOWN_SECONDS: String(settings.breakerCoolDownSeconds),
    BREAKER_MAX_COOL_DOWN_SECONDS: String(settings.breakerMaxCoolDownSeconds),
  };
}
