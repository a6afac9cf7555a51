import { describe, expect, test } from 'vitest';
import { ingestAnswer } from './support/api';
import { eventually } from './support/eventually';
import { connectionBody } from './support/factories';
import type { Tenant } from './support/tenant';
import { useWorld } from './support/world';

const world = useWorld();

/** Waits until an event is routed; answers with the destinations that its deliveries go to. */
async function routedTo(tenant: Tenant, eventId: string): Promise<string[]> {
  return eventually(`${eventId} to be routed`, async () => {
    const { data } = await tenant.deliveries({ eventId });
    if (data.length > 0) return data.map(({ destinationId }) => destinationId).sort();
    return (await tenant.eventStatus(eventId)) === 'no_routes' ? [] : undefined;
  });
}

describe.concurrent('routing', () => {
  test('makes one delivery for each connection, and each reaches its destination', async () => {
    const tenant = await world().tenant();
    const receivers = await Promise.all([1, 2, 3].map(() => world().receiver()));
    for (const { url } of receivers) await tenant.routeTo(url);
    const eventId = await tenant.publish();
    await eventually('a request to each receiver', () => receivers.every(({ requests }) => requests.length === 1));
    await eventually('the event to be delivered', async () => (await tenant.eventStatus(eventId)) === 'delivered');
    const { data } = await tenant.deliveries({ eventId });
    expect(data.map(({ status }) => status)).toEqual(['delivered', 'delivered', 'delivered']);
    const keys = receivers.map(({ requests }) => requests[0]?.headers['idempotency-key']);
    expect(new Set(keys).size).toBe(3);
  });

  test('delivers over two connections to the same destination twice, under different keys', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver()];
    const { destinationId } = await tenant.routeTo(receiver.url);
    await tenant.connect(destinationId);
    await tenant.publish();
    await eventually('two requests', () => receiver.requests.length === 2);
    expect(new Set(receiver.requests.map(({ headers }) => headers['idempotency-key'])).size).toBe(2);
  });

  test('leaves out connections of which one rule does not hold', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver()];
    const rules = [
      { field: 'body.order.items.0.sku', operator: 'starts_with', value: 'BOOK-' },
      { field: 'body.order.total', operator: 'gte', value: 10 },
      { field: 'type', operator: 'in', value: ['order.created', 'order.paid'] },
    ];
    const { destinationId } = await tenant.routeTo(receiver.url, { connection: { filter_rules: rules } });
    const order = (sku: string, total: number) => ({ payload: { order: { items: [{ sku }], total } } });
    const [wanted, cheap, other, refund] = await tenant.publishBatch([
      order('BOOK-1', 10),
      order('BOOK-1', 9.99),
      order('CD-1', 10),
      { ...order('BOOK-1', 10), type: 'order.refunded' },
    ]);
    expect(await routedTo(tenant, wanted ?? '')).toEqual([destinationId]);
    for (const id of [cheap, other, refund]) expect(await routedTo(tenant, id ?? '')).toEqual([]);
  });

  test('matches the headers of what came in through a source, without regard to case', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver()];
    const filter_rules = [{ field: 'headers.X-GitHub-Event', operator: 'eq', value: 'push' }];
    await tenant.routeTo(receiver.url, { connection: { filter_rules } });
    const source = await tenant.createSource();
    const ingest = (event: string) =>
      tenant.api.ok(ingestAnswer, 'POST', `/v1/ingest/${source}`, { json: {}, headers: { 'x-github-event': event } });
    const [push, ping] = [await ingest('push'), await ingest('ping')];
    expect(await routedTo(tenant, push.event_id)).toHaveLength(1);
    expect(await routedTo(tenant, ping.event_id)).toEqual([]);
  });

  test('finds no members in a body that is no JSON', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver()];
    const rule = (operator: string, value: unknown) => ({
      connection: { filter_rules: [{ field: 'body.a', operator, value }] },
    });
    await tenant.routeTo(receiver.url, rule('eq', 1));
    const { destinationId } = await tenant.routeTo(receiver.url, rule('exists', false));
    const source = await tenant.createSource();
    const answer = await tenant.api.ok(ingestAnswer, 'POST', `/v1/ingest/${source}`, { raw: 'a=1' });
    expect(await routedTo(tenant, answer.event_id)).toEqual([destinationId]);
  });

  test('is not held up by a body that is nested deeper than a rule can look', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver()];
    const filter_rules = [{ field: 'body.a', operator: 'neq', value: 1 }];
    const { destinationId } = await tenant.routeTo(receiver.url, { connection: { filter_rules } });
    const source = await tenant.createSource();
    const raw = `{"a":${'['.repeat(60_000)}${']'.repeat(60_000)}}`;
    const { event_id } = await tenant.api.ok(ingestAnswer, 'POST', `/v1/ingest/${source}`, { raw });
    expect(await routedTo(tenant, await tenant.publish())).toEqual([destinationId]);
    await routedTo(tenant, event_id);
  });

  test('keeps a connection of one source to the events of that source', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver()];
    const [shop, billing] = [await tenant.createSource(), await tenant.createSource({ name: 'Billing' })];
    const { destinationId } = await tenant.routeTo(receiver.url, { connection: { source_id: shop } });
    const [own, foreign, none] = await tenant.publishBatch([{ source_id: shop }, { source_id: billing }, {}]);
    expect(await routedTo(tenant, own ?? '')).toEqual([destinationId]);
    expect(await routedTo(tenant, foreign ?? '')).toEqual([]);
    expect(await routedTo(tenant, none ?? '')).toEqual([]);
  });

  test('leaves out a connection that is not enabled', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver()];
    await tenant.routeTo(receiver.url, { connection: { enabled: false } });
    expect(await routedTo(tenant, await tenant.publish())).toEqual([]);
  });

  test("never uses another tenant's connections", async () => {
    const [tenant, other, receiver] = [await world().tenant(), await world().tenant(), await world().receiver()];
    const { destinationId } = await tenant.routeTo(receiver.url);
    expect(await routedTo(other, await other.publish())).toEqual([]);
    const refused = await other.api.call('POST', '/v1/connections', { json: connectionBody(destinationId) });
    expect(refused).toMatchObject({ status: 400, body: { code: 'VALIDATION_ERROR' } });
  });
});
