import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { ingestAnswer } from './support/api';
import { eventually } from './support/eventually';
import { answer } from './support/receiver';
import { useWorld } from './support/world';

const world = useWorld();

describe.concurrent('an event', () => {
  test('that nothing matched is routed by a retry, once something does', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver()];
    const event = await tenant.publish();
    await eventually('an unrouted event', async () => (await tenant.eventStatus(event)) === 'no_routes');
    const retry = async () => (await tenant.api.call('POST', `/v1/events/${event}/retry`)).body;
    expect(await retry()).toEqual({ retried: 0 });
    await tenant.routeTo(receiver.url);
    expect(await retry()).toEqual({ retried: 1 });
    await tenant.reached(event, 'delivered');
    expect(await tenant.eventStatus(event)).toBe('delivered');
    expect(await retry()).toEqual({ retried: 0 });
    expect(receiver.requests).toHaveLength(1);
  });

  test('is retried where it failed and nowhere else, as often as it is asked for', async () => {
    const [tenant, good, bad] = [await world().tenant(), await world().receiver(), await world().receiver(answer(500))];
    await tenant.routeTo(good.url);
    await tenant.routeTo(bad.url);
    const event = await tenant.publish();
    const retry = async () => (await tenant.api.call('POST', `/v1/events/${event}/retry`)).body;
    for (const requests of [1, 2, 3]) {
      // In this order: the event is partial from the round before until the request of this one is made.
      await eventually('its request', () => bad.requests.length === requests);
      await eventually('a partial event', async () => (await tenant.eventStatus(event)) === 'partial');
      if (requests < 3) expect(await retry()).toEqual({ retried: 1 });
    }
    bad.behave(answer(200));
    expect(await retry()).toEqual({ retried: 1 });
    await eventually('a delivered event', async () => (await tenant.eventStatus(event)) === 'delivered');
    expect(good.requests).toHaveLength(1);
  });

  test('is listed by its source, type, status and time', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver()];
    const source = await tenant.createSource();
    await tenant.routeTo(receiver.url, { connection: { source_id: source } });
    const { event_id: ingested } = await tenant.api.ok(ingestAnswer, 'POST', `/v1/ingest/${source}`, { json: {} });
    const published = await tenant.publish({ type: 'invoice.paid' });
    await tenant.reached(ingested, 'delivered');
    await eventually('an unrouted event', async () => (await tenant.eventStatus(published)) === 'no_routes');
    const shape = z.object({
      events: z.array(z.object({ id: z.string() })),
      pagination: z.object({ total: z.number() }),
    });
    const list = async (query: string) => {
      const { events, pagination } = await tenant.api.ok(shape, 'GET', `/v1/events?${query}`);
      expect(pagination.total).toBe(events.length);
      return events.map(({ id }) => id);
    };
    expect(await list(`source_id=${source}`)).toEqual([ingested]);
    expect(await list('type=invoice.paid')).toEqual([published]);
    expect(await list('status=delivered')).toEqual([ingested]);
    expect(await list('status=no_routes')).toEqual([published]);
    expect(await list(`status=delivered&type=invoice.paid`)).toEqual([]);
    expect(await list('from=2020-01-01&to=2021-01-01')).toEqual([]);
    expect(await list('from=2020-01-01')).toEqual([published, ingested]);
  });

  test('is found behind any number of others by paging through a filtered list', async () => {
    const tenant = await world().tenant();
    const types = Array.from({ length: 60 }, (_, index) => ({ type: index % 3 === 0 ? 'wanted' : 'other' }));
    const ids = await tenant.publishBatch(types);
    const wanted = ids.filter((_, index) => index % 3 === 0);
    const shape = z.object({
      events: z.array(z.object({ id: z.string() })),
      pagination: z.object({ has_more: z.boolean(), next_cursor: z.string().nullable() }),
    });
    const found: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query = `type=wanted&limit=7${cursor && `&cursor=${cursor}`}`;
      const page: z.output<typeof shape> = await tenant.api.ok(shape, 'GET', `/v1/events?${query}`);
      found.push(...page.events.map(({ id }) => id));
      cursor = page.pagination.next_cursor;
    }
    expect(found.sort()).toEqual(wanted.sort());
  });
});
