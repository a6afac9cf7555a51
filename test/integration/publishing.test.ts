import { describe, expect, test } from 'vitest';
import { eventAnswer, eventsAnswer, ingestAnswer } from './support/api';
import { eventually } from './support/eventually';
import { eventBody } from './support/factories';
import { useOwnWorld } from './support/world';

const world = useOwnWorld();

const withKey = (key: string) => ({ headers: { 'idempotency-key': key } });

describe.concurrent('publishing', () => {
  test('again with the same key and body answers as the first time and delivers once', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver()];
    await tenant.routeTo(receiver.url);
    const call = { json: eventBody(), ...withKey('order-42') };
    const first = await tenant.api.call('POST', '/v1/events', call);
    const again = await tenant.api.call('POST', '/v1/events', call);
    expect(first.status).toBe(202);
    expect(again).toMatchObject({ status: 202, body: first.body });
    const { id } = eventAnswer.parse(first.body).event;
    await tenant.reached(id, 'delivered');
    const third = await tenant.api.call('POST', '/v1/events', call);
    expect(eventAnswer.parse(third.body).event.id).toBe(id);
    await world().queues.untilEmpty('delivery');
    expect(receiver.requests).toHaveLength(1);
  });

  test('at the same time with the same key and body accepts one event', async () => {
    const tenant = await world().tenant();
    const call = { json: eventBody(), ...withKey('race') };
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => tenant.api.ok(eventAnswer, 'POST', '/v1/events', call)),
    );
    expect(new Set(answers.map(({ event }) => event.id)).size).toBe(1);
  });

  test('with the same key and another body is refused and accepts nothing', async () => {
    const tenant = await world().tenant();
    await tenant.publish({}, withKey('order-42'));
    const json = eventBody({ payload: { order: 43 } });
    const refused = await tenant.api.call('POST', '/v1/events', { json, ...withKey('order-42') });
    expect(refused).toMatchObject({ status: 409, body: { code: 'INVALID_STATE' } });
    const { events } = await tenant.api.ok(eventsAnswer, 'GET', '/v1/events');
    expect(events).toHaveLength(1);
  });

  test('with the same key in another environment is another event', async () => {
    const [tenant, other] = [await world().tenant(), await world().tenant()];
    const first = await tenant.publish({}, withKey('order-42'));
    const second = await other.publish({ payload: { other: true } }, withKey('order-42'));
    expect(second).not.toBe(first);
  });

  test('a batch again with the same key and body answers with the same events', async () => {
    const tenant = await world().tenant();
    const call = { json: { events: [eventBody(), eventBody({ type: 'order.paid' })] }, ...withKey('batch') };
    const first = await tenant.api.ok(eventsAnswer, 'POST', '/v1/events/batch', call);
    const again = await tenant.api.ok(eventsAnswer, 'POST', '/v1/events/batch', call);
    expect(again).toEqual(first);
    expect(new Set(first.events.map(({ id }) => id)).size).toBe(2);
  });

  test("an event with the publisher's own id accepts it once, and refuses other content under that id", async () => {
    const tenant = await world().tenant();
    const first = await tenant.publish({ id: 'order-42-created' });
    expect(await tenant.publish({ id: 'order-42-created' })).toBe(first);
    const json = eventBody({ id: 'order-42-created', type: 'order.changed' });
    expect(await tenant.api.call('POST', '/v1/events', { json })).toMatchObject({ status: 409 });
    const shown = await tenant.api.ok(eventAnswer, 'GET', `/v1/events/${first}`);
    expect(shown.event.external_id).toBe('order-42-created');
  });

  test('through a source again with the same key and bytes accepts one event', async () => {
    const tenant = await world().tenant();
    const source = await tenant.createSource();
    const ingest = (raw: string) => tenant.api.call('POST', `/v1/ingest/${source}`, { raw, ...withKey('a') });
    const first = ingestAnswer.parse((await ingest('same')).body);
    expect(ingestAnswer.parse((await ingest('same')).body)).toEqual(first);
    expect(await ingest('different')).toMatchObject({ status: 409 });
  });
});

describe.concurrent('the list of events', () => {
  test('shows the newest first and pages by offset and by cursor alike', async () => {
    const tenant = await world().tenant();
    const published: string[] = [];
    for (let n = 0; n < 5; n += 1) published.unshift(await tenant.publish({ payload: { n } }));
    const page = async (query: string) => (await tenant.api.call('GET', `/v1/events?${query}`)).body;
    expect(await page('limit=5')).toMatchObject({
      events: published.map((id) => ({ id })),
      pagination: { total: 5, total_is_exact: true, has_more: false, next_cursor: null },
    });
    const first = await page('limit=2');
    expect(first).toMatchObject({
      events: published.slice(0, 2).map((id) => ({ id })),
      pagination: { has_more: true },
    });
    expect(await page('limit=2&offset=2')).toMatchObject({ events: published.slice(2, 4).map((id) => ({ id })) });
    const cursor = (first as { pagination: { next_cursor: string } }).pagination.next_cursor;
    expect(await page(`limit=2&cursor=${cursor}`)).toMatchObject({
      events: published.slice(2, 4).map((id) => ({ id })),
    });
  });

  test('shows an event in full by its id, with the payload as it was published', async () => {
    const tenant = await world().tenant();
    const raw = '{"type":"order.created","payload":{"a" : 1}}';
    const { event } = await tenant.api.ok(eventAnswer, 'POST', '/v1/events', { raw });
    await eventually('the status no_routes', async () => (await tenant.eventStatus(event.id)) === 'no_routes');
    expect((await tenant.api.call('GET', `/v1/events/${event.id}`)).body).toMatchObject({
      event: { id: event.id, type: 'order.created', status: 'no_routes', payload: '{"a" : 1}', payload_size: 9 },
    });
  });
});
