import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { toUuid } from '../../../lambdas/domain/identifiers';
import { eventually } from '../support/eventually';
import { retryEvery } from '../support/factories';
import { answer } from '../support/receiver';
import { useWorld } from '../support/world';
import { clientOf, list, untilListed } from './client';
import { listedItem, text, time } from './shapes';

const world = useWorld();
const PATH = '/v1/delivery/items';
const OK = answer(200, { 'content-type': 'application/json' }, '{"ok":true}');

async function scene(behaviour = OK, destination: object = {}) {
  const [tenant, receiver] = [await world().tenant(), await world().receiver(behaviour)];
  const route = await tenant.routeTo(receiver.url, { destination: { ...destination } });
  return { tenant, receiver, route, client: clientOf(tenant.api.url, tenant.key), eventId: await tenant.publish() };
}

describe.concurrent('delivery items', () => {
  test('are listed and read as the page says', async () => {
    const { tenant, client, eventId, route, receiver } = await scene();
    await tenant.reached(eventId, 'delivered');
    const listed = await client('GET', PATH);
    const key = createHash('sha256').update(`${tenant.environment}\n${eventId}\n${route.connectionId}`).digest('hex');
    const binding = toUuid(route.connectionId.slice('con_'.length));
    const item = { ...listedItem, event_id: eventId, binding_id: binding, idempotency_key: key };
    expect(listed.body).toEqual({
      items: [item],
      total: 1,
      pagination: { total: 1, total_is_exact: true, limit: 50, offset: 0, has_more: false, next_cursor: null },
    });
    expect(receiver.requests[0]?.headers['idempotency-key']).toBe(key);
    const { id = '' } = (await list(client, PATH)).rows[0] ?? {};
    expect((await client('GET', `${PATH}/${id}`)).body).toEqual({
      ...item,
      id,
      request_body: '{"order":42,"total":"19.90"}',
      response_body: '{"ok":true}',
    });
  });

  test('filter by event, binding and status, alone and together', async () => {
    const { tenant, client, eventId, route } = await scene(answer(404), retryEvery(600, 2));
    await tenant.reached(eventId, 'retrying');
    for (const [query, statuses] of [
      [`event_id=${eventId}`, ['in_flight', 'failed']],
      [`event_id=${eventId}&status=failed`, ['failed']],
      [`binding_id=${route.connectionId}&status=in_flight`, ['in_flight']],
      [`binding_id=${route.connectionId}&status=failed&limit=1&offset=1`, []],
      ['status=succeeded', []],
      ['status=in_flight', ['in_flight']],
      [`binding_id=${toUuid(route.connectionId.slice('con_'.length))}&status=failed`, ['failed']],
      [`event_id=${toUuid(eventId.slice('evt_'.length))}&status=failed`, ['failed']],
      ['binding_id=con_unknown', []],
      ['binding_id=00000000-0000-7000-8000-000000000000', []],
    ] as const) {
      const { rows } = await list(client, `${PATH}?${query}`);
      expect([query, rows.map(({ status }) => status)]).toEqual([query, statuses]);
    }
    const { rows } = await list(client, `${PATH}?status=failed`);
    expect(rows).toMatchObject([{ error_code: 'http_error', error_message: 'Not Found', http_status: 404 }]);
    const [coming] = (await list(client, `${PATH}?status=in_flight`)).rows;
    const body = { status: 'in_flight', attempt: 2, http_status: null, completed_at: null, created_at: time };
    expect((await client('GET', `${PATH}/${coming?.id}`)).body).toMatchObject({ ...body, response_body: null });
  });

  test('show the first 10 KB of the bodies, and none once their period is over', async () => {
    const { tenant, client } = await scene(answer(200, {}, 'é'.repeat(20_000)));
    const eventId = await tenant.publish({ payload: 'ü'.repeat(20_000) });
    await tenant.reached(eventId, 'delivered');
    const { id = '' } = (await list(client, `${PATH}?event_id=${eventId}`)).rows[0] ?? {};
    const { body } = await client('GET', `${PATH}/${id}`);
    expect(body).toMatchObject({ request_body: `"${'ü'.repeat(5_119)}`, response_body: 'é'.repeat(5_120) });
    const long = Date.now() - 31 * 86_400_000;
    const key = { pk: `EVT#${eventId.slice(4, 28)}`, sk: 'DLV#0001' };
    const { first } = (await world().table.get(key)) ?? {};
    await world().table.change(key, {
      first: { ...(first as object), startedAt: long },
      createdAt: new Date(long).toISOString(),
    });
    const { body: later } = await client('GET', `${PATH}/${id}`);
    expect(later).toMatchObject({ id, request_body: null, response_body: null });
  });

  test('are replayed whatever became of them, under the same idempotency key', async () => {
    const { tenant, client, eventId, receiver } = await scene();
    await tenant.reached(eventId, 'delivered');
    const [item] = (await list(client, PATH)).rows;
    const replayed = await client('POST', `${PATH}/${item?.id}/replay`);
    expect(replayed).toMatchObject({ status: 200, body: { enqueued: true, idempotency_key: item?.idempotency_key } });
    expect(replayed.body).toEqual({ enqueued: true, idempotency_key: item?.idempotency_key });
    await eventually('the second request', () => receiver.requests.length === 2);
    expect(new Set(receiver.requests.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    const { rows } = await untilListed(client, `${PATH}?status=succeeded`, 2);
    expect(rows.map(({ idempotency_key }) => idempotency_key)).toEqual([item?.idempotency_key, item?.idempotency_key]);
    expect((await list(client, '/v1/delivery-attempts?limit=1')).rows).toMatchObject([{ trigger_type: 'replay' }]);
  });

  test('that died leave the dead-letter list when they are replayed', async () => {
    const { tenant, client, eventId, receiver } = await scene(answer(500));
    await tenant.reached(eventId, 'failed');
    receiver.behave(OK);
    const [item] = (await list(client, PATH)).rows;
    expect((await client('POST', `${PATH}/${item?.id}/replay`)).status).toBe(200);
    await untilListed(client, `${PATH}?status=succeeded`, 1);
    expect((await list(client, '/api/deliveries/dead-letter')).total).toBe(0);
    expect((await list(client, '/api/deliveries?status=failed')).total).toBe(1);
  });
});

describe.concurrent('a call of this surface that is refused', () => {
  test('says why in its own words', async () => {
    const { tenant, client, eventId } = await scene();
    await tenant.reached(eventId, 'delivered');
    const [item] = (await list(client, PATH)).rows;
    const unknown = `00000000-0000-7000-8000-${'0'.repeat(4)}00010001`;
    const nobody = clientOf(tenant.api.url);
    for (const [method, path] of [
      ['GET', PATH],
      ['GET', `${PATH}/${item?.id}`],
      ['POST', `${PATH}/${item?.id}/replay`],
    ] as const) {
      const { status, body } = await nobody(method, path);
      expect([status, body]).toEqual([401, { error: 'unauthorized', message: text }]);
    }
    for (const id of [unknown, 'nonsense']) {
      const missing = [404, { error: 'not_found', message: text }];
      const [got, replayed] = [await client('GET', `${PATH}/${id}`), await client('POST', `${PATH}/${id}/replay`)];
      expect([got.status, got.body]).toEqual(missing);
      expect([replayed.status, replayed.body]).toEqual(missing);
    }
    for (const query of ['limit=101', 'offset=x', 'offset=10000', 'status=success', 'cursor=abc', 'to=never']) {
      const { status, body } = await client('GET', `${PATH}?${query}`);
      expect([query, status, body]).toEqual([query, 400, { error: 'bad_request', message: text }]);
    }
  });

  test('tells a key of the whole organization that it cannot replay', async () => {
    const { tenant, client, eventId } = await scene();
    await tenant.reached(eventId, 'delivered');
    const [item] = (await list(client, PATH)).rows;
    const { secret } = await world().key({ organization: tenant.names.organization });
    const master = clientOf(tenant.api.url, secret);
    expect((await list(master, PATH)).rows.map(({ id }) => id)).toEqual([item?.id]);
    const { status, body } = await master('POST', `${PATH}/${item?.id}/replay`);
    expect([status, body]).toEqual([400, { error: 'bad_request', message: text }]);
  });
});
