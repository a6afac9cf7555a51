import { describe, expect, test } from 'vitest';
import { retryEvery } from '../support/factories';
import { answer } from '../support/receiver';
import { useWorld } from '../support/world';
import { clientOf, list, untilListed } from './client';
import { listedDelivery, text, time, whole } from './shapes';

const world = useWorld();
const OK = answer(200, { 'content-type': 'application/json' }, '{"received":true}');

async function scene(behaviour = OK, destination: object = {}) {
  const [tenant, receiver] = [await world().tenant(), await world().receiver(behaviour)];
  const route = await tenant.routeTo(receiver.url, { destination: { ...destination } });
  const client = clientOf(tenant.api.url, tenant.key);
  return { tenant, receiver, route, client, path: `/api/organizations/${tenant.names.organization}/deliveries` };
}

describe.concurrent('deliveries on this surface', () => {
  test('are listed, read and retried as the page says', async () => {
    const { tenant, client, path, receiver } = await scene(answer(503));
    const eventId = await tenant.publish();
    const { id } = await tenant.reached(eventId, 'failed');
    const failure = { status: 'failed', statusCode: 503, error: 'Service Unavailable', deliveredAt: null };
    expect((await client('GET', `${path}?status=failed&eventId=${eventId}`)).body).toEqual({
      data: [{ ...listedDelivery, ...failure, id }],
      pagination: { total: 1, total_is_exact: true, page: 1, pageSize: 20, next_cursor: null },
    });
    receiver.behave(OK);
    expect((await client('POST', `${path}/${id}/retry`)).body).toEqual({
      message: 'Delivery queued for retry',
      deliveryId: id,
      status: 'pending',
    });
    await tenant.reached(eventId, 'delivered');
    expect((await client('GET', `${path}/${id}?includeAttempts=true`)).body).toMatchObject({
      ...listedDelivery,
      attempts: [
        { attemptNumber: 1, startedAt: time, completedAt: time, statusCode: 503, error: text, latency: whole },
        { attemptNumber: 2, startedAt: time, completedAt: time, statusCode: 200, error: null, latency: whole },
      ],
      requestHeaders: expect.objectContaining({ 'content-type': 'application/json' }),
      responseHeaders: expect.objectContaining({ 'content-type': 'application/json' }),
      responseBody: '{"received":true}',
    });
    expect((await client('POST', `${path}/${id}/retry`)).body).toEqual({
      error: 'Conflict',
      message: 'Delivery is already pending or delivered',
      code: 'INVALID_STATE',
    });
  });

  test('read as four words, and are found by them', async () => {
    const { tenant, client, path, receiver } = await scene(answer(500), retryEvery(600, 2));
    const paused = await tenant.routeTo(receiver.url);
    await tenant.pause(paused.destinationId);
    await tenant.publish();
    await untilListed(client, `/api/deliveries?status=retrying`, 1);
    await untilListed(client, `/api/deliveries?status=circuit_open`, 1);
    const { rows, total } = await list(client, `${path}?status=retrying`);
    expect(rows.map(({ status }) => status)).toEqual(['retrying', 'retrying']);
    expect(total).toBe(2);
    const words = await list(client, '/api/deliveries');
    expect(words.rows.map(({ status }) => status)).toEqual(['circuit_open', 'retrying']);
    for (const status of ['pending', 'delivered', 'failed']) {
      expect((await list(client, `${path}?status=${status}`)).total).toBe(0);
    }
    const refused = await client('GET', `${path}?status=circuit_open`);
    expect(refused).toMatchObject({ status: 400, body: { code: 'VALIDATION_ERROR' } });
  });

  test('are there for the own organization by id and by name, and for no other', async () => {
    const { tenant, client, path } = await scene();
    await tenant.publish();
    await untilListed(client, path, 1);
    const { organization } = await world().key(tenant.names);
    expect((await list(client, `/api/organizations/${organization}/deliveries`)).total).toBe(1);
    const stranger = await world().tenant();
    for (const foreign of [stranger.names.organization, 'nobody']) {
      const { status, body } = await client('GET', `/api/organizations/${foreign}/deliveries`);
      const message = `Organization with ID ${foreign} not found`;
      expect([status, body]).toEqual([404, { error: 'Not Found', message, code: 'RESOURCE_NOT_FOUND' }]);
    }
  });

  test('know no bulk replay', async () => {
    const { client, path } = await scene();
    expect((await client('POST', `${path}/bulk-replay`, { deliveryIds: ['dlv_abc'] })).status).toBe(405);
  });
});
