import { beforeAll, describe, expect, test } from 'vitest';
import { answer } from './support/receiver';
import type { Tenant } from './support/tenant';
import { useWorld } from './support/world';

const world = useWorld();

let tenant: Tenant;
/** Ids of the events, oldest first, and where they go. */
let events: string[];
let good: { destinationId: string; connectionId: string };
let bad: { destinationId: string; connectionId: string };

// Seven events: each is delivered to one destination and fails at the other.
beforeAll(async () => {
  tenant = await world().tenant();
  good = await tenant.routeTo((await world().receiver()).url);
  bad = await tenant.routeTo((await world().receiver(answer(500))).url);
  events = [];
  for (let n = 0; n < 7; n += 1) events.push(await tenant.publish({ payload: { n } }));
  for (const id of events) {
    await tenant.reached(id, 'failed').catch(() => tenant.reached(id, 'delivered'));
  }
});

type Query = Parameters<Tenant['deliveries']>[0];

const list = async (query: Query = {}) => (await tenant.deliveries({ pageSize: 100, ...query })).data;

const newestFirst = () => events.toReversed();

describe('the list of deliveries', () => {
  test('shows all of the environment, the newest first', async () => {
    const { data, pagination } = await tenant.deliveries({ pageSize: 100 });
    expect(data).toHaveLength(14);
    expect(pagination).toEqual({ total: 14, total_is_exact: true, page: 1, pageSize: 100, next_cursor: null });
    expect([...new Set(data.map(({ eventId }) => eventId))]).toEqual(newestFirst());
  });

  test('can be narrowed to an event', async () => {
    const rows = await list({ eventId: events[3] ?? '' });
    expect(rows.map(({ eventId }) => eventId)).toEqual([events[3], events[3]]);
  });

  test('can be narrowed to a destination', async () => {
    const rows = await list({ destinationId: good.destinationId });
    expect(rows.map(({ eventId }) => eventId)).toEqual(newestFirst());
    expect(new Set(rows.map(({ destinationId }) => destinationId))).toEqual(new Set([good.destinationId]));
  });

  test('can be narrowed to a connection', async () => {
    const rows = await list({ routeId: bad.connectionId });
    expect(rows.map(({ eventId }) => eventId)).toEqual(newestFirst());
    expect(new Set(rows.map(({ routeId }) => routeId))).toEqual(new Set([bad.connectionId]));
  });

  test.each(['delivered', 'failed'])('can be narrowed to the status %s', async (status) => {
    const { data, pagination } = await tenant.deliveries({ status });
    expect(data.map(({ eventId }) => eventId)).toEqual(newestFirst());
    expect(new Set(data.map((row) => row.status))).toEqual(new Set([status]));
    expect(pagination).toMatchObject({ total: 7, total_is_exact: true });
  });

  test.each(['pending', 'sent', 'retrying', 'circuit_open', 'schema_failed', 'partial'])(
    'is empty for the status %s, which nothing has',
    async (status) => {
      expect(await tenant.deliveries({ status })).toMatchObject({ data: [], pagination: { total: 0 } });
    },
  );

  test('can be narrowed to a time from which on', async () => {
    const from = (await list({ eventId: events[4] ?? '' }))[0]?.createdAt ?? '';
    expect([...new Set((await list({ from })).map(({ eventId }) => eventId))]).toEqual(newestFirst().slice(0, 3));
  });

  test('can be narrowed to a time up to which', async () => {
    const to = (await list({ eventId: events[4] ?? '' }))[0]?.createdAt ?? '';
    expect([...new Set((await list({ to })).map(({ eventId }) => eventId))]).toEqual(newestFirst().slice(2));
  });

  test('can be narrowed in every way at once', async () => {
    const [, , eventId = ''] = events;
    const { createdAt = '' } = (await list({ eventId }))[0] ?? {};
    const query = { eventId, ...bad, status: 'failed', from: createdAt, to: createdAt };
    const { connectionId: routeId, ...rest } = query;
    expect(await list({ ...rest, routeId })).toHaveLength(1);
    expect(await list({ ...rest, routeId: good.connectionId })).toEqual([]);
  });

  test('finds nothing for ids that are unknown', async () => {
    for (const id of ['x', 'x'.repeat(2000)]) {
      for (const query of [{ eventId: id }, { destinationId: id }, { routeId: id }])
        expect(await list(query)).toEqual([]);
    }
  });

  test("finds nothing for another tenant's ids", async () => {
    const other = await world().tenant();
    const [eventId = ''] = events;
    for (const query of [{ eventId }, { destinationId: good.destinationId }, { routeId: good.connectionId }]) {
      expect((await other.deliveries(query)).data).toEqual([]);
    }
  });
});

describe.each<[string, () => NonNullable<Query>, number]>([
  ['everything', () => ({}), 14],
  ['a destination', () => ({ destinationId: good.destinationId }), 7],
  ['a status', () => ({ status: 'failed' }), 7],
  ['a connection', () => ({ routeId: good.connectionId }), 7],
])('paging through %s', (_, query, total) => {
  test('by number shows each delivery once, in the same order', async () => {
    const whole = (await list(query())).map(({ id }) => id);
    const paged: string[] = [];
    for (let page = 1; page <= Math.ceil(total / 4); page += 1) {
      const { data, pagination } = await tenant.deliveries({ ...query(), page, pageSize: 4 });
      expect(pagination).toMatchObject({ total, page, pageSize: 4 });
      paged.push(...data.map(({ id }) => id));
    }
    expect(paged).toEqual(whole);
    expect(whole).toHaveLength(total);
  });

  test('by cursor shows each delivery once, in the same order', async () => {
    const paged: string[] = [];
    let cursor: string | null | undefined;
    do {
      const { data, pagination } = await tenant.deliveries({ ...query(), pageSize: 3, ...(cursor && { cursor }) });
      paged.push(...data.map(({ id }) => id));
      cursor = pagination.next_cursor;
    } while (cursor);
    expect(paged).toEqual((await list(query())).map(({ id }) => id));
  });
});
