import { describe, expect, it } from 'vitest';
import { listQuery } from '../../../lambdas/dialects/hookstream/query';
import { writeDetail, writeListed, writeRecord } from '../../../lambdas/dialects/hookstream/wire';
import { AROUND, attempt, delivery, NO_SURROUNDINGS } from './factories';

const EXCHANGE = {
  request: { url: 'https://a.example/', method: 'PUT', headers: { 'content-type': 'text/plain' }, bodyBytes: 7 },
  response: { headers: { server: 'x' }, body: Buffer.from('yes') },
};

describe('an attempt on the Hookstream surface', () => {
  it('has the members of its page, headers as JSON text', () => {
    expect(writeRecord({ delivery: delivery(), number: 1, attempt: attempt() }, EXCHANGE, AROUND)).toEqual({
      id: 'da_0190f3a2b4c57abc8def012300010001',
      org_id: 'org_a',
      env_id: 'env_a',
      event_id: 'evt_0190f3a2b4c57abc8def012300000000',
      connection_id: 'con_a',
      destination_id: 'dst_a',
      request_url: 'https://a.example/',
      request_method: 'PUT',
      request_headers: '{"content-type":"text/plain"}',
      request_body_size: 7,
      response_status: 200,
      response_headers: '{"server":"x"}',
      response_body: 'yes',
      duration_ms: 42,
      status: 'success',
      error: null,
      created_at: '2026-03-01T14:30:00.000Z',
      attempt_number: 1,
      next_retry_at: null,
      is_dlq: 0,
      dlq_at: null,
      trigger_type: 'auto',
      connection_name: 'Connection',
      destination_name: 'Destination',
    });
  });

  it('is listed without headers and bodies', () => {
    const listed = writeListed({ delivery: delivery(), number: 1, attempt: attempt() }, EXCHANGE, AROUND);
    for (const member of ['request_headers', 'response_headers', 'response_body']) {
      expect(listed).not.toHaveProperty(member);
    }
  });

  it('is flat when it is read alone, and holds its record', () => {
    const row = { delivery: delivery(), number: 1, attempt: attempt() };
    expect(writeDetail(row, EXCHANGE, AROUND)).toMatchObject({
      status_code: 200,
      latency_ms: 42,
      attempted_at: '2026-03-01T14:30:01.000Z',
      request_headers: { 'content-type': 'text/plain' },
      delivery_attempt: writeRecord(row, EXCHANGE, AROUND),
    });
  });

  it('that is coming is pending, aimed where its destination is now, and tells when it is due', () => {
    const due = Date.parse('2026-03-01T15:00:00Z');
    const waiting = delivery({ status: 'retrying', made: 1, nextAttemptAt: due });
    expect(writeListed({ delivery: waiting, number: 2 }, {}, AROUND)).toMatchObject({
      status: 'pending',
      request_url: 'https://destination.example/',
      request_body_size: 0,
      response_status: null,
      duration_ms: null,
      trigger_type: 'retry',
      next_retry_at: '2026-03-01T15:00:00.000Z',
    });
  });

  it('is a dead letter while that is open, and none for any earlier attempt', () => {
    const dead = delivery({ status: 'failed', made: 2, deathToken: 'token' });
    const failed = attempt({ number: 2, statusCode: 500, errorCode: 'http_error', errorMessage: 'Broken' });
    expect(writeListed({ delivery: dead, number: 2, attempt: failed }, {}, AROUND)).toMatchObject({
      status: 'failed',
      error: 'Broken',
      is_dlq: 1,
      dlq_at: new Date(dead.updatedAt).toISOString(),
    });
    expect(writeListed({ delivery: dead, number: 1, attempt: failed }, {}, AROUND)).toMatchObject({ is_dlq: 0 });
    const { deathToken, ...closed } = dead;
    expect(writeListed({ delivery: closed, number: 2, attempt: failed }, {}, AROUND)).toMatchObject({ dlq_at: null });
  });

  it('keeps its history when connection and destination were deleted', () => {
    const row = { delivery: delivery(), number: 1, attempt: attempt() };
    expect(writeListed(row, EXCHANGE, NO_SURROUNDINGS)).toMatchObject({
      request_url: 'https://a.example/',
      connection_name: null,
      destination_name: null,
    });
  });
});

describe('the parameters of the list of attempts', () => {
  it('have the defaults of their page', () => {
    expect(listQuery.parse({})).toMatchObject({ limit: 50, offset: 0, deadLetters: false, outcome: undefined });
  });

  it.each([
    [{ status: 'timeout' }, { outcome: 'timeout', deadLetters: false }],
    [{ status: 'dlq' }, { outcome: undefined, deadLetters: true }],
    [
      { is_dlq: '1', status: 'failed' },
      { outcome: 'failed', deadLetters: true },
    ],
    [{ is_dlq: '0' }, { deadLetters: false }],
  ])('read %j', (given, read) => {
    expect(listQuery.parse(given)).toMatchObject(read);
  });
});
