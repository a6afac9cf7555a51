import { describe, expect, it } from 'vitest';
import { bulkReplayBody, getQuery, listQuery } from '../../../lambdas/dialects/hookbase/query';
import { writeBulkReplay, writeDeadLetter, writeDelivery } from '../../../lambdas/dialects/hookbase/wire';
import {
  listQuery as relayQuery,
  wordOf,
  writeDelivery as writeForRelay,
} from '../../../lambdas/dialects/webhook-relay/wire';
import { DELIVERY_STATUSES } from '../../../lambdas/domain/delivery';
import { refusedAttempt } from '../../../lambdas/store/deliveries/refusals';
import { attempt, delivery, destination } from './factories';

describe('a delivery on the Hookbase surface', () => {
  it.each(DELIVERY_STATUSES)('has a word for the status %s, and its filter reads it', (status) => {
    expect(writeDelivery(delivery({ status }), destination).status).toBe(status);
    expect(listQuery.parse({ status }).statuses).toEqual([status]);
  });

  it('shows the figures of its latest attempt', () => {
    const last = { statusCode: 503, latencyMs: 9, errorCode: 'http_error' as const, errorMessage: 'Unavailable' };
    expect(writeDelivery(delivery({ first: attempt(), last, made: 2 }), destination)).toMatchObject({
      latency: 9,
      statusCode: 503,
      error: 'Unavailable',
      attemptCount: 2,
    });
  });

  it('counts the attempts of its round', () => {
    expect(writeDelivery(delivery({ made: 7, roundStart: 5 }), destination).attemptCount).toBe(2);
  });

  it('tells why its payload was refused by a schema', () => {
    const first = refusedAttempt({ made: 0, roundStart: 0, cause: 'auto' }, 'no match with the schema', 0);
    const refused = writeDelivery(delivery({ status: 'schema_failed', made: 1, first }), destination);
    expect(refused).toMatchObject({ error: 'no match with the schema', statusCode: null, attemptCount: 1 });
  });
});

describe('a delivery on the Webhook Relay surface', () => {
  it('reads as one of four words', () => {
    expect(Object.fromEntries(DELIVERY_STATUSES.map((status) => [status, wordOf(status)]))).toEqual({
      pending: 'pending',
      sent: 'pending',
      delivered: 'delivered',
      failed: 'failed',
      retrying: 'retrying',
      circuit_open: 'retrying',
      schema_failed: 'failed',
      partial: 'failed',
    });
    expect(writeForRelay(delivery({ status: 'circuit_open' }), destination).status).toBe('retrying');
  });

  it('is found by the word that it reads as', () => {
    for (const status of DELIVERY_STATUSES) {
      expect(relayQuery.parse({ status: wordOf(status) }).statuses).toContain(status);
    }
    for (const word of ['sent', 'partial', 'circuit_open', '']) {
      expect(relayQuery.safeParse({ status: word }).success).toBe(false);
    }
  });
});

describe('a dead letter', () => {
  it('tells when its event came in, which is not when a requeued delivery was made', () => {
    const letter = {
      ...{ base: '0190f3a2b4c57abc8def0123', ordinal: 2, attempt: 5, organization: 'org_a', environment: 'env_a' },
      ...{ connection: 'con_a', destination: 'dst_a', attemptCount: 5, failedAt: '2026-03-02T00:00:00.000Z' },
    };
    const requeued = delivery({ ordinal: 2, receivedAt: '2026-02-28T00:00:00.000Z' });
    expect(writeDeadLetter({ letter, delivery: requeued }, undefined)).toEqual({
      id: 'dlq_0190f3a2b4c57abc8def012300020005',
      deliveryId: 'dlv_0190f3a2b4c57abc8def012300020000',
      eventId: 'evt_0190f3a2b4c57abc8def012300000000',
      destinationId: 'dst_a',
      error: null,
      attemptCount: 5,
      failedAt: '2026-03-02T00:00:00.000Z',
      event: { id: 'evt_0190f3a2b4c57abc8def012300000000', receivedAt: '2026-02-28T00:00:00.000Z' },
      destination: { id: 'dst_a', name: null },
    });
  });
});

describe('what clients send', () => {
  it('has the defaults of its page', () => {
    expect(listQuery.parse({})).toMatchObject({ page: 1, pageSize: 20 });
    expect(getQuery.parse({})).toEqual({ includeAttempts: false });
  });

  it('names one to a hundred deliveries to replay', () => {
    const ids = (count: number) => ({ deliveryIds: Array.from({ length: count }, (_, n) => `dlv_${n}`) });
    expect([0, 1, 100, 101].map((count) => bulkReplayBody.safeParse(ids(count)).success)).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it('is told which deliveries of a bulk replay are unknown', () => {
    expect(writeBulkReplay({ queued: 1, skipped: 2, unknown: ['dlv_x'] })).toEqual({
      message: 'Deliveries queued for replay',
      queued: 1,
      skipped: 2,
      errors: [{ deliveryId: 'dlv_x', error: 'Delivery with ID dlv_x not found' }],
    });
  });
});
