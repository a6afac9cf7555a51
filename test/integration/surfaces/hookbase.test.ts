import { describe, expect, test } from 'vitest';
import { retryEvery } from '../support/factories';
import { answer } from '../support/receiver';
import { useWorld } from '../support/world';
import { clientOf, list, untilListed } from './client';
import { listedDelivery, text, time, whole } from './shapes';

const world = useWorld();
const PATH = '/api/deliveries';
const OK = answer(200, { 'content-type': 'application/json', 'x-request-id': 'req_abc' }, '{"received":true}');
const BROKEN = answer(500);

async function scene(behaviour = OK, destination: object = {}) {
  const [tenant, receiver] = [await world().tenant(), await world().receiver(behaviour)];
  const route = await tenant.routeTo(receiver.url, { destination: { ...destination } });
  return { tenant, receiver, route, client: clientOf(tenant.api.url, tenant.key) };
}

describe.concurrent('deliveries on this surface', () => {
  test('are listed as the page says', async () => {
    const { tenant, client } = await scene(BROKEN);
    const eventId = await tenant.publish();
    await tenant.reached(eventId, 'failed');
    const { status, body } = await client('GET', `${PATH}?status=failed`);
    expect(status).toBe(200);
    const failure = { status: 'failed', statusCode: 500, error: 'Internal Server Error', deliveredAt: null };
    expect(body).toEqual({
      data: [{ ...listedDelivery, ...failure, eventId }],
      pagination: { total: 1, total_is_exact: true, page: 1, pageSize: 20, next_cursor: null },
    });
  });

  test('are read one by one as the page says, with their attempts where that is asked for', async () => {
    const { tenant, client, receiver } = await scene(BROKEN, {
      ...retryEvery(0, 5),
      auth_type: 'bearer_token',
      auth_config: { token: 'secret' },
    });
    world().stack.pauseMapping('deliver');
    const eventId = await tenant.publish();
    receiver.behave((response, request) => (receiver.requests.length < 2 ? BROKEN : OK)(response, request));
    world().stack.resumeMapping('deliver');
    const { id } = await tenant.reached(eventId, 'delivered');
    const { body } = await client('GET', `${PATH}/${id}?includeAttempts=true`);
    expect(body).toEqual({
      ...listedDelivery,
      ...{ id, eventId, attemptCount: 2, maxAttempts: 5 },
      attempts: [
        { attemptNumber: 1, startedAt: time, completedAt: time, statusCode: 500, error: text, latency: whole },
        { attemptNumber: 2, startedAt: time, completedAt: time, statusCode: 200, error: null, latency: whole },
      ],
      requestHeaders: expect.objectContaining({ authorization: 'Bearer ***', 'X-Webhook-ID': eventId }),
      responseHeaders: expect.objectContaining({ 'x-request-id': 'req_abc' }),
      responseBody: '{"received":true}',
    });
    for (const query of ['', '?includeAttempts=false']) {
      expect((await client('GET', `${PATH}/${id}${query}`)).body).not.toHaveProperty('attempts');
    }
  });

  test('filter by everything the page names, alone and together', async () => {
    const { tenant, client, route } = await scene();
    const other = await tenant.routeTo((await world().receiver(BROKEN)).url);
    const eventId = await tenant.publish();
    await untilListed(client, `${PATH}?status=delivered`, 1);
    await untilListed(client, `${PATH}?status=failed`, 1);
    for (const [query, count] of [
      ['', 2],
      [`eventId=${eventId}`, 2],
      [`eventId=${eventId}&status=failed`, 1],
      [`destinationId=${route.destinationId}`, 1],
      [`destinationId=${route.destinationId}&status=failed`, 0],
      [`destinationId=${other.destinationId}&status=failed`, 1],
      [`routeId=${other.connectionId}`, 1],
      [`routeId=${other.connectionId}&destinationId=${route.destinationId}`, 0],
      ['status=retrying', 0],
      ['status=circuit_open', 0],
      ['status=schema_failed', 0],
      ['status=partial', 0],
      ['status=pending', 0],
      ['status=sent', 0],
      ['from=2000-01-01&to=2100-01-01T00:00:00Z&status=failed', 1],
      ['from=2100-01-01', 0],
      ['from=2100-01-01&to=2000-01-01', 0],
      ['to=2000-01-01', 0],
    ] as const) {
      const page = await list(client, `${PATH}?${query}`);
      expect([query, page.rows.length, page.total, page.exact]).toEqual([query, count, count, true]);
    }
  });

  test('are retried as the page says, and refused while they are pending or once they were delivered', async () => {
    const { tenant, client, receiver } = await scene(BROKEN);
    const eventId = await tenant.publish();
    const { id } = await tenant.reached(eventId, 'failed');
    receiver.behave(OK);
    const retried = await client('POST', `${PATH}/${id}/retry`);
    expect(retried).toMatchObject({
      status: 200,
      body: { message: 'Delivery queued for retry', deliveryId: id, status: 'pending' },
    });
    const after = await tenant.reached(eventId, 'delivered');
    expect(after.attemptCount).toBe(1);
    expect(await client('POST', `${PATH}/${id}/retry`)).toMatchObject({
      status: 409,
      body: { error: 'Conflict', message: 'Delivery is already pending or delivered', code: 'INVALID_STATE' },
    });
  });
});

describe.concurrent('bulk replay', () => {
  test('replays what failed or is parked, skips the rest and names what it does not know', async () => {
    const { tenant, client, receiver } = await scene(BROKEN);
    const stranger = await scene();
    const foreign = await stranger.tenant.reached(await stranger.tenant.publish(), 'delivered');
    const failed = await tenant.reached(await tenant.publish(), 'failed');
    receiver.behave(OK);
    const delivered = await tenant.reached(await tenant.publish(), 'delivered');
    const { id: destinationId } = await tenant.createDestination(receiver.url);
    await tenant.pause(destinationId);
    await tenant.connect(destinationId);
    await tenant.publish();
    const [parked] = (await untilListed(client, `${PATH}?status=circuit_open`, 1)).rows;
    const unknown = `dlv_${'0'.repeat(24)}00010000`;
    const deliveryIds = [failed.id, delivered.id, parked?.id, failed.id, unknown, foreign.id, 'nonsense'];
    const { status, body } = await client('POST', `${PATH}/bulk-replay`, { deliveryIds });
    expect(status).toBe(200);
    expect(body).toMatchObject({ message: 'Deliveries queued for replay', queued: 2, skipped: 2 });
    expect(body).toMatchObject({
      errors: [{ deliveryId: unknown }, { deliveryId: foreign.id }, { deliveryId: 'nonsense' }],
    });
    await untilListed(client, `${PATH}?eventId=${failed.eventId}&status=delivered`, 1);
    const attempts = await list(client, `/v1/delivery-attempts?event_id=${failed.eventId}`);
    expect(attempts.rows).toMatchObject([{ trigger_type: 'replay' }, { trigger_type: 'auto' }]);
  });

  test.each([
    ['no list', {}, 'deliveryIds'],
    ['an empty list', { deliveryIds: [] }, 'deliveryIds'],
    ['more than a hundred', { deliveryIds: Array.from({ length: 101 }, () => 'dlv_abc') }, 'deliveryIds'],
    ['what is no list', { deliveryIds: 'dlv_abc' }, 'deliveryIds'],
    ['what is no text', { deliveryIds: [7] }, 'deliveryIds[0]'],
  ])('refuses %s', async (_, json, field) => {
    const tenant = await world().tenant();
    const { status, body } = await clientOf(tenant.api.url, tenant.key)('POST', `${PATH}/bulk-replay`, json);
    expect([status, body]).toEqual([
      400,
      { error: 'Bad Request', message: expect.stringContaining(`${field}: `), code: 'VALIDATION_ERROR' },
    ]);
  });
});

describe.concurrent('a call of this surface that is refused', () => {
  test('says why in its own words', async () => {
    const tenant = await world().tenant();
    const client = clientOf(tenant.api.url, tenant.key);
    const unknown = `dlv_${'0'.repeat(24)}00010000`;
    expect((await clientOf(tenant.api.url)('GET', PATH)).body).toEqual({
      error: 'Unauthorized',
      message: text,
      code: 'UNAUTHORIZED',
    });
    for (const [method, path] of [
      ['GET', `${PATH}/${unknown}`],
      ['POST', `${PATH}/${unknown}/retry`],
    ] as const) {
      const { status, body } = await client(method, path);
      const message = `Delivery with ID ${unknown} not found`;
      expect([status, body]).toEqual([404, { error: 'Not Found', message, code: 'RESOURCE_NOT_FOUND' }]);
    }
    for (const [query, field] of [
      ['page=0', 'page'],
      ['pageSize=101', 'pageSize'],
      ['page=501&pageSize=20', 'page'],
      ['status=lost', 'status'],
      ['from=soon', 'from'],
      ['to=2024-13-45', 'to'],
      ['cursor=%21', 'cursor'],
    ]) {
      const { status, body } = await client('GET', `${PATH}?${query}`);
      const message = expect.stringMatching(`^${field}: `);
      expect([query, status, body]).toEqual([query, 400, { error: 'Bad Request', message, code: 'VALIDATION_ERROR' }]);
    }
    expect((await client('GET', `${PATH}/${unknown}?includeAttempts=maybe`)).status).toBe(400);
    expect((await client('PUT', PATH)).status).toBe(405);
  });
});
