import { randomUUID } from 'node:crypto';
import { newToken } from '../../lambdas/queue/message';
import { packDetail } from '../../lambdas/store/deliveries/attempt-detail';
import { claim } from '../../lambdas/store/deliveries/claims';
import { getDelivery } from '../../lambdas/store/deliveries/deliveries';
import { putDelivery } from '../../lambdas/store/deliveries/new-delivery';
import { type Outcome, recordAttempt } from '../../lambdas/store/deliveries/outcomes';
import { restart } from '../../lambdas/store/deliveries/transitions';
import type { Table } from '../../lambdas/store/table/table';
import { LocalStackError } from '../errors';

/** What the sample event's deliveries have in common. */
export interface History {
  readonly base: string;
  readonly organization: string;
  readonly environment: string;
  readonly connection: string;
  readonly destination: string;
  readonly createdAt: string;
  readonly url: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The stack's defaults. */
export const SHARDS = 4;
export const RETENTION_DAYS = 30;
const SETTINGS = { shards: SHARDS, retentionDays: RETENTION_DAYS };
const MAX_ATTEMPTS = 5;
const LATENCY_MS = 42;

/** Makes a delivery that succeeds at its second attempt. */
export async function deliverAfterRetry(table: Table, history: History, ordinal: number): Promise<void> {
  await put(table, history, ordinal);
  await attempt(table, history, { ordinal, number: 1, status: 503 }, { kind: 'retry', nextAttemptAt: history.now });
  await attempt(table, history, { ordinal, number: 2, status: 200 }, { kind: 'delivered' });
}

/** Makes a delivery that dies on its first attempt. */
export async function fail(table: Table, history: History, ordinal: number): Promise<void> {
  const death = { kind: 'dead', messageId: randomUUID(), token: newToken(), pauseDestination: false } as const;
  await put(table, history, ordinal);
  await attempt(table, history, { ordinal, number: 1, status: 500 }, death);
}

/** Makes a delivery that died and was retried: its second attempt is due. */
export async function putBack(table: Table, history: History, ordinal: number): Promise<void> {
  await fail(table, history, ordinal);
  const dead = await getDelivery(table, history.base, ordinal);
  const answer = dead && (await restart(table, dead, 'manual', history.now));
  if (answer?.kind !== 'done') throw new LocalStackError('The sample delivery cannot be put back.');
}

async function put(table: Table, { url, now, ...history }: History, ordinal: number): Promise<void> {
  await putDelivery(table, { ...history, ordinal, cause: 'auto', maxAttempts: MAX_ATTEMPTS }, SETTINGS);
}

interface Made {
  readonly ordinal: number;
  readonly number: number;
  readonly status: number;
}

/** Claims and records an attempt, as `deliver` does, without sending anything. */
async function attempt(table: Table, history: History, made: Made, outcome: Outcome): Promise<void> {
  const { base, environment, destination, url, now } = history;
  const { ordinal, number, status } = made;
  const claimId = randomUUID();
  const message = { base, environment, destination, ordinal, attempt: number, token: newToken() };
  const claimed = await claim(table, { message, claimId, now, until: now + 1000 });
  if (claimed.kind !== 'claimed') throw new LocalStackError('The sample delivery cannot be claimed.');
  const attempt = {
    number,
    trigger: number === 1 ? ('auto' as const) : ('retry' as const),
    startedAt: now,
    latencyMs: LATENCY_MS,
    statusCode: status,
    detail: detailOf(url),
    ...(status >= 300 && { errorCode: 'http_error' as const, errorMessage: `HTTP ${status}` }),
  };
  const record = { delivery: claimed.delivery, claimId, attempt, maxAttempts: MAX_ATTEMPTS, outcome, now };
  await recordAttempt(table, record, SETTINGS);
}

function detailOf(requestUrl: string): Uint8Array {
  const requestHeaders = { 'content-type': 'application/json' };
  return packDetail({ requestUrl, requestMethod: 'POST', requestHeaders, requestBodyBytes: 31, responseHeaders: {} });
}
