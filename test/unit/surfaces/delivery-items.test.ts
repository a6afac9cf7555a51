import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { listQuery } from '../../../lambdas/dialects/delivery-items/query';
import { writeItem, writeItemDetail } from '../../../lambdas/dialects/delivery-items/wire';
import { ERROR_CODES } from '../../../lambdas/domain/attempt';
import { attempt, delivery } from './factories';

const CONNECTION = `con_${'a'.repeat(32)}`;

const row = { delivery: delivery({ connection: CONNECTION }), number: 1, attempt: attempt() };

describe('a delivery item', () => {
  it('has the members of its page, under a UUID', () => {
    const event = 'evt_0190f3a2b4c57abc8def012300000000';
    expect(writeItem(row)).toEqual({
      id: '0190f3a2-b4c5-7abc-8def-012300010001',
      binding_id: 'aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa',
      event_id: event,
      idempotency_key: createHash('sha256').update(`env_a\n${event}\n${CONNECTION}`).digest('hex'),
      status: 'succeeded',
      attempt: 1,
      http_status: 200,
      error_code: null,
      error_message: null,
      duration_ms: 42,
      completed_at: '2026-03-01T14:30:01.042Z',
      created_at: '2026-03-01T14:30:00.000Z',
    });
  });

  it('has the same idempotency key on every attempt and every delivery over its connection', () => {
    const later = {
      delivery: delivery({ connection: CONNECTION, ordinal: 3, made: 4 }),
      number: 4,
      attempt: attempt({ number: 4 }),
    };
    expect(writeItem(later).idempotency_key).toBe(writeItem(row).idempotency_key);
  });

  it.each(ERROR_CODES)('failed by %s says so', (errorCode) => {
    const failed = { ...row, attempt: attempt({ errorCode, errorMessage: 'why' }) };
    expect(writeItem(failed)).toMatchObject({ status: 'failed', error_code: errorCode, error_message: 'why' });
  });

  it('is in flight while it is due or being made', () => {
    for (const status of ['pending', 'sent', 'retrying', 'circuit_open'] as const) {
      expect(writeItem({ delivery: delivery({ status, made: 1 }), number: 2 })).toMatchObject({
        status: 'in_flight',
        http_status: null,
        completed_at: null,
      });
    }
  });

  it('leaves out a character that was cut at the end of a body', () => {
    const cut = Buffer.from('aé').subarray(0, 2);
    const { request_body, response_body } = writeItemDetail(row, cut, { response: { headers: {}, body: cut } });
    expect([request_body, response_body]).toEqual(['a', 'a']);
    expect(writeItemDetail(row, undefined, {})).toMatchObject({ request_body: null, response_body: null });
  });

  it('is found by its status', () => {
    const read = ['in_flight', 'succeeded', 'failed'].map((status) => listQuery.parse({ status }).outcome);
    expect(read).toEqual(['pending', 'success', 'failed']);
    expect(listQuery.safeParse({ status: 'success' }).success).toBe(false);
  });
});
