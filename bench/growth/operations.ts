import { randomUUID } from 'node:crypto';
import { newBase } from '../../lambdas/domain/identifiers';
import { newToken } from '../../lambdas/queue/message';
import { knownTotal } from '../../lambdas/statistics/lifetime';
import { readStatistics } from '../../lambdas/statistics/read-statistics';
import { claim } from '../../lambdas/store/deliveries/claims';
import { putDelivery } from '../../lambdas/store/deliveries/new-delivery';
import { recordAttempt } from '../../lambdas/store/deliveries/outcomes';
import { getEvent, putEvent } from '../../lambdas/store/events/events';
import { type DeliveryFilter, listDeliveries } from '../../lambdas/store/lists/delivery-lists';
import type { Table } from '../../lambdas/store/table/table';
import { destinationOf, ENVIRONMENT, RETENTION_DAYS, SHARDS } from './seed';

/** Something that the bench asks of a table; `now` is when the table was filled, in milliseconds since the epoch. */
export type Operation = (table: Table, now: number) => Promise<unknown>;

/** What the bench asks of tables of all sizes, by what it is called. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  'page of a list': (table) => page(table, {}),
  'page of failed ones': (table) => page(table, { statuses: ['failed'] }),
  'page of a destination': (table) => page(table, { destination: destinationOf(3) }),
  total: (table) => knownTotal(table, { environments: [ENVIRONMENT] }),
  'statistics of an hour': (table, now) => readStatistics(table, { environments: [ENVIRONMENT] }, '1h', now),
  'statistics of a day': (table, now) => readStatistics(table, { environments: [ENVIRONMENT] }, '24h', now),
  'a delivery': deliver,
};

function page(table: Table, filter: Partial<DeliveryFilter>): Promise<unknown> {
  const total = async () => knownTotal(table, { environments: [ENVIRONMENT], statuses: filter.statuses });
  const window = { offset: 0, limit: 20 };
  return listDeliveries(table, { environments: [ENVIRONMENT], ...filter }, window, {
    shards: SHARDS,
    knownTotal: total,
  });
}

/** All that a delivery reads and writes between being accepted and being delivered. */
async function deliver(table: Table, now: number): Promise<void> {
  const [base, createdAt] = [newBase(now), new Date(now).toISOString()];
  const settings = { shards: SHARDS, retentionDays: RETENTION_DAYS };
  const [environment, destination] = [ENVIRONMENT, destinationOf(1)];
  const owner = { organization: 'org_x', environment, base, createdAt };
  await putEvent(table, { ...owner, contentType: 'application/json', body: Buffer.from('{"order":42}') }, settings);
  const made = { ...owner, ordinal: 1, connection: 'con_x', destination, cause: 'auto', maxAttempts: 5 } as const;
  await putDelivery(table, made, settings);
  const message = { base, ordinal: 1, environment, destination, attempt: 1, token: newToken() };
  const claimId = randomUUID();
  const answer = await claim(table, { message, claimId, now, until: now + 60_000 });
  if (answer.kind !== 'claimed') throw new Error('A delivery that was just made cannot be claimed.');
  await getEvent(table, base);
  const attempt = { number: 1, trigger: 'auto', startedAt: now, latencyMs: 50, statusCode: 200 } as const;
  const outcome = { kind: 'delivered' } as const;
  await recordAttempt(table, { delivery: answer.delivery, claimId, attempt, maxAttempts: 5, outcome, now }, settings);
}
