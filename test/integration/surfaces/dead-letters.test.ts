import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually';
import { retryEvery } from '../support/factories';
import { answer } from '../support/receiver';
import { useOwnWorld } from '../support/world';
import { clientOf, list } from './client';
import { idOf, time } from './shapes';

const world = useOwnWorld();
const OK = answer(200);
const BROKEN = answer(500);

/** A delivery that died after two attempts, and where its surface has its dead letter. */
async function deathScene(surface: 'hookbase' | 'webhook relay') {
  const [tenant, receiver] = [await world().tenant(), await world().receiver(BROKEN)];
  const route = await tenant.routeTo(receiver.url, { destination: retryEvery(0, 2) });
  const client = clientOf(tenant.api.url, tenant.key);
  const eventId = await tenant.publish();
  const delivery = await tenant.reached(eventId, 'failed');
  const { organization } = tenant.names;
  const base = surface === 'hookbase' ? '/api/deliveries' : `/api/organizations/${organization}/deliveries`;
  const path = `${base}/dead-letter`;
  const [letter] = (await list(client, path)).rows;
  return { tenant, receiver, route, client, eventId, delivery, base, path, id: letter?.id ?? '' };
}

describe.concurrent.each(['hookbase', 'webhook relay'] as const)('dead letters on the surface of %s', (surface) => {
  test('are listed as the page says, and found by destination and by the time of the death', async () => {
    const { client, eventId, delivery, path, route } = await deathScene(surface);
    expect((await client('GET', path)).body).toEqual({
      data: [
        {
          id: idOf('dlq'),
          deliveryId: delivery.id,
          eventId,
          destinationId: route.destinationId,
          error: 'Internal Server Error',
          attemptCount: 2,
          failedAt: time,
          event: { id: eventId, receivedAt: delivery.createdAt },
          destination: { id: route.destinationId, name: 'Warehouse' },
        },
      ],
      pagination: { total: 1, total_is_exact: true, page: 1, pageSize: 20, next_cursor: null },
    });
    for (const [query, count] of [
      [`destinationId=${route.destinationId}`, 1],
      ['destinationId=dst_unknown', 0],
      ['from=2000-01-01&to=2100-01-01', 1],
      ['from=2100-01-01', 0],
      ['page=2', 0],
    ] as const) {
      expect([query, (await list(client, `${path}?${query}`)).rows.length]).toEqual([query, count]);
    }
    for (const query of ['page=0', 'pageSize=101', 'from=x', 'to=y', 'cursor=z', 'page=1000']) {
      const { status, body } = await client('GET', `${path}?${query}`);
      expect([query, status, body]).toMatchObject([query, 400, { error: 'Bad Request', code: 'VALIDATION_ERROR' }]);
    }
  });

  test('are requeued to a new delivery of the same event, and leave the list', async () => {
    const { client, tenant, receiver, eventId, delivery, path, id, base } = await deathScene(surface);
    receiver.behave(OK);
    const { status, body } = await client('POST', `${path}/${id}/requeue`);
    expect(status).toBe(200);
    const deliveryId = `${delivery.id.slice(0, -8)}00020000`;
    expect(body).toEqual({ message: 'Item requeued for delivery', deliveryId });
    const requeued = await eventually('the new delivery', async () => {
      const answer = await client('GET', `${base}/${deliveryId}`);
      return (answer.body as { status?: string }).status === 'delivered' && answer.body;
    });
    expect(requeued).toMatchObject({ id: deliveryId, eventId, attemptCount: 1 });
    expect((await list(client, path)).total).toBe(0);
    expect((await tenant.delivery(delivery.id)).status).toBe('failed');
    const attempts = await list(client, `/v1/delivery-attempts?event_id=${eventId}`);
    expect(attempts.rows.map(({ trigger_type }) => trigger_type)).toEqual(['requeue', 'retry', 'auto']);
    const gone = { status: 404, body: { code: 'RESOURCE_NOT_FOUND' } };
    expect(await client('POST', `${path}/${id}/requeue`)).toMatchObject(gone);
    expect(await client('DELETE', `${path}/${id}`)).toMatchObject(gone);
  });

  test('are requeued once, however many ask for it at the same time', async () => {
    const { client, eventId, path, id } = await deathScene(surface);
    const answers = await Promise.all(Array.from({ length: 5 }, () => client('POST', `${path}/${id}/requeue`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404, 404, 404]);
    expect((await list(client, `/api/deliveries?eventId=${eventId}`)).rows).toHaveLength(2);
  });

  test('are deleted with an empty answer, and a redrive of their message is dropped', async () => {
    const { client, delivery, path, id, receiver, tenant } = await deathScene(surface);
    await world().queues.untilDead(delivery.id);
    const { status, body } = await client('DELETE', `${path}/${id}`);
    expect([status, body]).toEqual([204, undefined]);
    expect((await list(client, path)).total).toBe(0);
    expect((await list(client, '/v1/delivery-attempts?is_dlq=1')).total).toBe(0);
    const message = await world().queues.untilDead(delivery.id);
    await world().queues.send(message.Body ?? '');
    await eventually('the message to be dropped', () =>
      world()
        .handled(delivery.id)
        .some(({ outcome }) => outcome === 'dropped'),
    );
    expect(receiver.requests).toHaveLength(2);
    expect((await tenant.delivery(delivery.id)).status).toBe('failed');
  });
});

describe.concurrent('a dead letter', () => {
  test('can be deleted only with the scope for it', async () => {
    const { tenant, path, id } = await deathScene('hookbase');
    const { secret } = await world().key({ ...tenant.names, scopes: ['read', 'write'] });
    const refused = await clientOf(tenant.api.url, secret)('DELETE', `${path}/${id}`);
    expect(refused).toMatchObject({ status: 403, body: { error: 'Forbidden', code: 'FORBIDDEN' } });
  });

  test('is closed when its delivery is retried', async () => {
    const { client, path, delivery, base } = await deathScene('hookbase');
    expect((await client('POST', `${base}/${delivery.id}/retry`)).status).toBe(200);
    expect((await list(client, path)).rows.filter(({ id }) => id.endsWith('00010002'))).toEqual([]);
  });

  test('cannot be requeued once its event is no longer stored', async () => {
    const { client, path, id, eventId } = await deathScene('hookbase');
    const { documents, name: TableName } = world().table.table;
    const Key = { pk: `EVT#${eventId.slice(4, 28)}`, sk: 'EVT' };
    await documents.send(new DeleteCommand({ TableName, Key }));
    const { status, body } = await client('POST', `${path}/${id}/requeue`);
    expect([status, body]).toEqual([
      409,
      { error: 'Conflict', message: 'The event is no longer stored', code: 'INVALID_STATE' },
    ]);
    expect((await list(client, path)).total).toBe(1);
  });
});
