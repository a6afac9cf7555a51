import { describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually';
import { retryEvery } from '../support/factories';
import { answer, reset } from '../support/receiver';
import { useWorld } from '../support/world';
import { clientOf, list, untilListed } from './client';
import { idOf, listedAttempt, text, time, whole } from './shapes';

const world = useWorld();
const ATTEMPTS = '/v1/delivery-attempts';
const OK = answer(200, { 'content-type': 'application/json' }, '{"ok":true}');
const BROKEN = answer(500, { 'content-type': 'text/plain' }, 'no');

async function scene(behaviour = OK, destination: object = {}) {
  const [tenant, receiver] = [await world().tenant(), await world().receiver(behaviour)];
  const route = await tenant.routeTo(receiver.url, { destination: { ...destination } });
  return { tenant, receiver, route, client: clientOf(tenant.api.url, tenant.key), eventId: await tenant.publish() };
}

/** A delivery that failed for good, and its only attempt. */
async function failedScene(behaviour = BROKEN) {
  const scenery = await scene(behaviour);
  await scenery.tenant.reached(scenery.eventId, 'failed');
  const [attempt] = (await list(scenery.client, `${ATTEMPTS}?event_id=${scenery.eventId}`)).rows;
  return { ...scenery, id: attempt?.id ?? '' };
}

describe.concurrent('the list of delivery attempts', () => {
  test('answers as its page says', async () => {
    const { tenant, client, eventId } = await scene();
    await tenant.reached(eventId, 'delivered');
    const { status, body } = await client('GET', `${ATTEMPTS}?event_id=${eventId}`);
    expect(status).toBe(200);
    expect(body).toEqual({
      delivery_attempts: [{ ...listedAttempt, event_id: eventId }],
      pagination: { total: 1, total_is_exact: true, limit: 50, offset: 0, has_more: false, next_cursor: null },
    });
  });

  test('filters by event, connection and destination, alone and together', async () => {
    const { tenant, client, eventId, route } = await scene();
    await tenant.reached(eventId, 'delivered');
    const other = await world().receiver();
    const otherRoute = await tenant.routeTo(other.url);
    const second = await tenant.publish();
    const byEvent = `event_id=${second}`;
    await eventually('both deliveries', async () => {
      const { rows } = await list(client, `${ATTEMPTS}?${byEvent}&status=success`);
      return rows.length === 2;
    });
    for (const [query, count] of [
      ['', 3],
      [`connection_id=${route.connectionId}`, 2],
      [`destination_id=${otherRoute.destinationId}`, 1],
      [`destination_id=${route.destinationId}&connection_id=${route.connectionId}`, 2],
      [`destination_id=${otherRoute.destinationId}&connection_id=${route.connectionId}`, 0],
      [`${byEvent}&connection_id=${route.connectionId}`, 1],
      [`event_id=${eventId}&destination_id=${otherRoute.destinationId}`, 0],
      ['from=2100-01-01', 0],
      ['to=2000-01-01T00:00:00Z', 0],
      [`from=2000-01-01&to=2100-01-01&${byEvent}`, 2],
    ] as const) {
      const page = await list(client, `${ATTEMPTS}?${query}`);
      expect([query, page.rows.length, page.total]).toEqual([query, count, count]);
    }
  });

  test('finds failed attempts by their kind, and dead letters under both spellings', async () => {
    const silent = (_response: unknown, _request: unknown) => {};
    const [failed, cut, slow] = await Promise.all([failedScene(), failedScene(reset), failedScene(silent)]);
    const count = async ({ client }: typeof failed, query: string) =>
      (await list(client, `${ATTEMPTS}?${query}`)).total;
    for (const query of ['status=failed', 'is_dlq=1', 'status=dlq', 'is_dlq=0', 'status=failed&is_dlq=1']) {
      expect([query, await count(failed, query)]).toEqual([query, 1]);
    }
    for (const query of ['status=success', 'status=pending', 'status=timeout', 'status=error']) {
      expect([query, await count(failed, query)]).toEqual([query, 0]);
    }
    expect([await count(cut, 'status=error'), await count(cut, 'status=timeout')]).toEqual([1, 0]);
    expect([await count(slow, 'status=error'), await count(slow, 'status=timeout')]).toEqual([0, 1]);
    const { rows } = await list(failed.client, `${ATTEMPTS}?status=dlq&destination_id=${failed.route.destinationId}`);
    expect(rows).toMatchObject([{ id: failed.id, is_dlq: 1, dlq_at: time, error: 'Internal Server Error' }]);
  });

  test('bounds dead letters by the time of the death, in the list of an event as in any other', async () => {
    const { tenant, client, eventId, receiver } = await scene(BROKEN, retryEvery(1, 2));
    await tenant.reached(eventId, 'failed');
    expect(receiver.requests).toHaveLength(2);
    const [row] = (await list(client, `${ATTEMPTS}?is_dlq=1`)).rows;
    const at = Date.parse(String(row?.dlq_at));
    const iso = (milliseconds: number) => new Date(milliseconds).toISOString();
    for (const scope of ['', `&event_id=${eventId}`, `&destination_id=${String(row?.destination_id)}`]) {
      for (const [range, count] of [
        [`from=${iso(at)}`, 1],
        [`to=${iso(at)}`, 1],
        [`from=${iso(at + 1)}`, 0],
        [`to=${iso(at - 1)}`, 0],
      ] as const) {
        const page = await list(client, `${ATTEMPTS}?is_dlq=1&${range}${scope}`);
        expect([scope, range, page.rows.length, page.total]).toEqual([scope, range, count, count]);
      }
    }
  });

  test('shows the attempt that is coming as pending, and when it is due', async () => {
    const { tenant, client, eventId, route } = await scene(BROKEN, retryEvery(600, 3));
    await tenant.reached(eventId, 'retrying');
    const { rows } = await list(client, `${ATTEMPTS}?event_id=${eventId}`);
    expect(rows).toMatchObject([
      { attempt_number: 2, status: 'pending', response_status: null, trigger_type: 'retry', next_retry_at: time },
      { attempt_number: 1, status: 'failed', response_status: 500, trigger_type: 'auto', next_retry_at: time },
    ]);
    for (const query of [`status=pending`, `status=pending&destination_id=${route.destinationId}`]) {
      expect((await list(client, `${ATTEMPTS}?${query}`)).rows.map(({ id }) => id)).toEqual([rows[0]?.id]);
    }
    const coming = await client('GET', `${ATTEMPTS}/${rows[0]?.id}`);
    expect(coming.body).toMatchObject({ id: rows[0]?.id, status: 'pending', status_code: null, attempted_at: null });
  });

  test('merges first and later attempts, newest first, each once', async () => {
    const { tenant, client, eventId } = await scene(BROKEN, retryEvery(0, 4));
    await tenant.reached(eventId, 'failed');
    const { rows, total } = await list(client, `${ATTEMPTS}?limit=10`);
    expect(rows.map(({ attempt_number }) => attempt_number)).toEqual([4, 3, 2, 1]);
    expect(total).toBe(4);
    const first = await client('GET', `${ATTEMPTS}?limit=3&offset=0`);
    expect(first.body).toMatchObject({ pagination: { total: 4, limit: 3, offset: 0, has_more: true } });
    const last = await client('GET', `${ATTEMPTS}?limit=3&offset=3`);
    expect(last.body).toMatchObject({ pagination: { total: 4, limit: 3, offset: 3, has_more: false } });
    const pages = [0, 1, 2, 3].map((offset) => list(client, `${ATTEMPTS}?limit=1&offset=${offset}`));
    expect((await Promise.all(pages)).flatMap((page) => page.rows.map(({ id }) => id))).toEqual(
      rows.map(({ id }) => id),
    );
  });
});

describe.concurrent('a single delivery attempt', () => {
  test('answers flat as its page says, with the full record as a member', async () => {
    const { tenant, client, eventId } = await scene();
    await tenant.reached(eventId, 'delivered');
    const { rows } = await list(client, `${ATTEMPTS}?event_id=${eventId}`);
    const id = rows[0]?.id ?? '';
    const { status, body } = await client('GET', `${ATTEMPTS}/${id}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id,
      event_id: eventId,
      destination_id: idOf('dst'),
      destination_name: 'Warehouse',
      status: 'success',
      status_code: 200,
      request_headers: { 'content-type': 'application/json' },
      response_headers: { 'content-type': 'application/json' },
      response_body: '{"ok":true}',
      latency_ms: whole,
      attempt_number: 1,
      next_retry_at: null,
      attempted_at: time,
    });
    expect((body as { delivery_attempt: unknown }).delivery_attempt).toEqual({
      ...listedAttempt,
      request_headers: text,
      response_headers: text,
      response_body: '{"ok":true}',
    });
    const bare = await client('GET', `${ATTEMPTS}/${id.slice('da_'.length)}`);
    expect(bare.body).toEqual(body);
  });
});

describe.concurrent('the retry of a delivery attempt', () => {
  test('answers the record of the new attempt, which is then made', async () => {
    const { tenant, client, eventId, id, receiver } = await failedScene();
    receiver.behave(OK);
    const { status, body } = await client('POST', `${ATTEMPTS}/${id.slice('da_'.length)}/retry`);
    expect(status).toBe(200);
    expect(body).toEqual({
      delivery_attempt: {
        ...listedAttempt,
        ...{ event_id: eventId, request_body_size: 0, request_headers: null },
        ...{ response_status: null, response_headers: null, response_body: null, duration_ms: null },
        ...{ status: 'pending', attempt_number: 2, trigger_type: 'manual' },
      },
    });
    const delivery = await tenant.reached(eventId, 'delivered');
    expect(delivery.attempts).toMatchObject([{ statusCode: 500 }, { statusCode: 200 }]);
    const { rows } = await list(client, `${ATTEMPTS}?event_id=${eventId}`);
    expect(rows).toMatchObject([
      { status: 'success', trigger_type: 'manual' },
      { id, status: 'failed', trigger_type: 'auto', is_dlq: 0 },
    ]);
    expect((await list(client, `${ATTEMPTS}?is_dlq=1`)).total).toBe(0);
  });

  test('is refused when the delivery was delivered or is pending', async () => {
    const { tenant, client, eventId } = await scene();
    await tenant.reached(eventId, 'delivered');
    const [row] = (await list(client, `${ATTEMPTS}?event_id=${eventId}`)).rows;
    const refused = { status: 400, body: { error: 'Retry failed', code: 'INVALID_STATE' } };
    expect(await client('POST', `${ATTEMPTS}/${row?.id}/retry`)).toMatchObject(refused);
    world().stack.pauseMapping('deliver');
    try {
      const waiting = await tenant.publish();
      const [pending] = (await untilListed(client, `${ATTEMPTS}?event_id=${waiting}`, 1)).rows;
      expect(await client('POST', `${ATTEMPTS}/${pending?.id}/retry`)).toMatchObject(refused);
    } finally {
      world().stack.resumeMapping('deliver');
    }
  });
});

describe.concurrent('a call of this surface that is refused', () => {
  test('says why in its own words', async () => {
    const tenant = await world().tenant();
    const client = clientOf(tenant.api.url, tenant.key);
    const nobody = clientOf(tenant.api.url);
    const sentence = (status: number, code: string, error: unknown = text) => ({ status, body: { error, code } });
    const unknown = `da_${'0'.repeat(24)}00010001`;
    for (const path of [ATTEMPTS, `${ATTEMPTS}/${unknown}`]) {
      expect(await nobody('GET', path)).toMatchObject(sentence(401, 'UNAUTHORIZED'));
    }
    const gone = sentence(404, 'RESOURCE_NOT_FOUND', 'Delivery attempt not found');
    for (const id of [unknown, 'nonsense', `dlv_${'0'.repeat(24)}00010000`]) {
      expect(await client('GET', `${ATTEMPTS}/${id}`)).toMatchObject(gone);
      expect(await client('POST', `${ATTEMPTS}/${id}/retry`)).toMatchObject(gone);
    }
    for (const [query, field] of [
      ['limit=0', 'limit'],
      ['limit=101', 'limit'],
      ['limit=ten', 'limit'],
      ['offset=-1', 'offset'],
      ['offset=9990&limit=20', 'offset'],
      ['status=lost', 'status'],
      ['is_dlq=yes', 'is_dlq'],
      ['cursor=abc', 'cursor'],
      ['from=yesterday', 'from'],
    ]) {
      const { status, body } = await client('GET', `${ATTEMPTS}?${query}`);
      expect([query, status, body]).toEqual([
        query,
        400,
        { error: expect.stringMatching(`^${field}: `), code: 'VALIDATION_ERROR' },
      ]);
    }
    expect(await client('DELETE', ATTEMPTS)).toMatchObject({ status: 405 });
  });
});
