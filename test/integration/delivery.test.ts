import { createHash, createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { USER_AGENT } from '../../lambdas/domain/http';
import { ingestAnswer } from './support/api';
import { eventually } from './support/eventually';
import { eventBody } from './support/factories';
import type { Receiver } from './support/receiver';
import { answer } from './support/receiver';
import { useWorld } from './support/world';

const world = useWorld();

const firstRequest = (receiver: Receiver) => eventually('a request to the receiver', () => receiver.requests[0]);

describe.concurrent('a published event', () => {
  test('reaches its destination byte for byte as the payload was written', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver()];
    await tenant.routeTo(receiver.url);
    const payload = '{ "n" : 1.0, "big": 12345678901234567890, "e": 1E3,\n\t"u": "\\u00e9 é", "a": 1, "a": 2 }';
    await tenant.api.call('POST', '/v1/events', { raw: `{"type":"order.created","payload":${payload}}` });
    const { body, method } = await firstRequest(receiver);
    expect(body.toString('utf8')).toBe(payload);
    expect(method).toBe('POST');
  });

  test('arrives with the headers that a receiver verifies and deduplicates by', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver()];
    const { connectionId, signingSecret } = await tenant.routeTo(receiver.url);
    const id = await tenant.publish();
    const { headers, body } = await firstRequest(receiver);
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': USER_AGENT,
      'webhook-id': id,
      'x-webhook-id': id,
      'idempotency-key': createHash('sha256').update(`${tenant.environment}\n${id}\n${connectionId}`).digest('hex'),
    });
    const verified = new Webhook(signingSecret).verify(body.toString('utf8'), {
      'webhook-id': String(headers['webhook-id']),
      'webhook-timestamp': String(headers['webhook-timestamp']),
      'webhook-signature': String(headers['webhook-signature']),
    });
    expect(verified).toEqual(eventBody().payload);
  });

  test("carries the destination's own method, headers and credentials", async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver()];
    const destination = {
      method: 'PUT',
      headers: { 'X-Team': 'logistics' },
      auth_type: 'basic',
      auth_config: { username: 'posthorn', password: 'hunter2' },
    };
    await tenant.routeTo(receiver.url, { destination });
    await tenant.publish();
    const { headers, method } = await firstRequest(receiver);
    expect(method).toBe('PUT');
    expect(headers['x-team']).toBe('logistics');
    expect(headers.authorization).toBe(`Basic ${Buffer.from('posthorn:hunter2').toString('base64')}`);
  });

  test('is recorded with what was sent and received, and without credentials', async () => {
    const tenant = await world().tenant();
    const receiver = await world().receiver(answer(201, { 'x-answer': 'yes' }, '{"stored":true}'));
    const destination = {
      headers: { 'X-Team': 'logistics', 'X-Secret-Token': 'open sesame' },
      auth_type: 'bearer_token',
      auth_config: { token: 'ey-secret' },
    };
    const { connectionId, destinationId } = await tenant.routeTo(receiver.url, { destination });
    const eventId = await tenant.publish();
    const delivery = await tenant.reached(eventId, 'delivered');
    expect(delivery).toMatchObject({
      ...{ eventId, destinationId, routeId: connectionId },
      ...{ attemptCount: 1, maxAttempts: 1, statusCode: 201, error: null, nextAttemptAt: null },
      requestHeaders: {
        'x-team': 'logistics',
        'x-secret-token': '***',
        authorization: 'Bearer ***',
        'webhook-id': eventId,
      },
      responseHeaders: { 'x-answer': 'yes' },
      responseBody: '{"stored":true}',
      attempts: [{ attemptNumber: 1, statusCode: 201, error: null }],
    });
    expect(delivery.deliveredAt).not.toBeNull();
    expect(await tenant.eventStatus(eventId)).toBe('delivered');
    expect(JSON.stringify(await world().table.family(eventId))).not.toMatch(/ey-secret|open sesame/);
  });

  test('is stored with the status no_routes when no connection wants it', async () => {
    const tenant = await world().tenant();
    const id = await tenant.publish();
    await eventually('the status no_routes', async () => (await tenant.eventStatus(id)) === 'no_routes');
    expect((await tenant.deliveries({ eventId: id })).data).toEqual([]);
  });

  test('of a batch of a hundred reaches its destination like a single one', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver()];
    await tenant.routeTo(receiver.url);
    const ids = await tenant.publishBatch(Array.from({ length: 100 }, (_, n) => ({ payload: { n } })));
    expect(new Set(ids).size).toBe(100);
    await eventually('a hundred requests', () => receiver.requests.length === 100);
    const numbers = receiver.requests.map(({ body }) => JSON.parse(body.toString('utf8')).n);
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, n) => n));
  });
});

describe.concurrent('a body that came in through a source', () => {
  test('is delivered byte for byte though it is no text, with a signature over its bytes', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver()];
    const { signingSecret } = await tenant.routeTo(receiver.url);
    const source = await tenant.createSource();
    const bytes = Uint8Array.from({ length: 256 }, (_, n) => 255 - n);
    const call = { raw: bytes, headers: { 'content-type': 'image/x-raw', 'x-api-key': '' } };
    const accepted = await tenant.api.ok(ingestAnswer, 'POST', `/v1/ingest/${source}`, call);
    const { body, headers } = await firstRequest(receiver);
    expect(body.equals(bytes)).toBe(true);
    expect(headers).toMatchObject({ 'content-type': 'image/x-raw', 'webhook-id': accepted.event_id });
    const key = Buffer.from(signingSecret.slice('whsec_'.length), 'base64');
    const hmac = createHmac('sha256', key)
      .update(`${accepted.event_id}.${headers['webhook-timestamp']}.`)
      .update(bytes);
    expect(headers['webhook-signature']).toBe(`v1,${hmac.digest('base64')}`);
  });

  test('may be empty', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver()];
    await tenant.routeTo(receiver.url);
    const source = await tenant.createSource();
    await tenant.api.ok(ingestAnswer, 'POST', `/v1/ingest/${source}`);
    expect((await firstRequest(receiver)).body.byteLength).toBe(0);
  });

  test('may be as large as the limit allows', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver()];
    await tenant.routeTo(receiver.url);
    const source = await tenant.createSource();
    const bytes = Buffer.alloc(262_144, 0xfe);
    await tenant.api.ok(ingestAnswer, 'POST', `/v1/ingest/${source}`, { raw: bytes });
    expect((await firstRequest(receiver)).body.equals(bytes)).toBe(true);
  });
});
