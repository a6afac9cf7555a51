import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { eventually } from './support/eventually';
import type { Tenant } from './support/tenant';
import { useWorld } from './support/world';

const world = useWorld();

const schema = { type: 'object', properties: { order: { type: 'integer' } }, required: ['order'] };
const shown = z.object({ connection: z.object({ schema: z.unknown() }) });
const attempts = z.object({
  delivery_attempts: z.array(z.object({ id: z.string(), status: z.string(), error: z.string().nullable() })),
});
const item = z.object({ id: z.string(), status: z.string(), error_code: z.string().nullable() });
const items = z.object({ items: z.array(item) });
const counts = z.object({ total: z.number(), failed: z.number() });

const repair = (tenant: Tenant, connectionId: string, repaired: unknown) =>
  tenant.api.ok(shown, 'PATCH', `/v1/connections/${connectionId}`, { json: { schema: repaired } });

/** A tenant with a receiver behind a connection whose schema refuses what `refused` published. */
async function withSchema() {
  const [tenant, receiver] = [await world().tenant(), await world().receiver()];
  const route = await tenant.routeTo(receiver.url, { connection: { schema } });
  return { tenant, receiver, ...route };
}

describe.concurrent('a connection with a schema', () => {
  test('lets through what matches, and shows the schema until null takes it away', async () => {
    const { tenant, receiver, connectionId } = await withSchema();
    expect((await tenant.api.ok(shown, 'GET', `/v1/connections/${connectionId}`)).connection.schema).toEqual(schema);
    await tenant.reached(await tenant.publish({ payload: { order: 1 } }), 'delivered');
    expect((await repair(tenant, connectionId, null)).connection.schema).toBeNull();
    await tenant.reached(await tenant.publish({ payload: 'anything' }), 'delivered');
    expect(receiver.requests).toHaveLength(2);
  });

  test('records what does not match on every surface, and never sends it', async () => {
    const { tenant, receiver } = await withSchema();
    const eventId = await tenant.publish({ payload: { order: 'card 4111-1111' } });
    const delivery = await tenant.reached(eventId, 'schema_failed');
    expect(delivery.error).toContain('/order must be integer');
    expect(JSON.stringify(delivery)).not.toContain('4111-1111');
    expect((await tenant.deliveries({ status: 'schema_failed' })).data.map(({ id }) => id)).toEqual([delivery.id]);
    const hookstream = await tenant.api.ok(attempts, 'GET', '/v1/delivery-attempts?status=failed');
    expect(hookstream.delivery_attempts).toMatchObject([{ status: 'failed', error: delivery.error }]);
    const listed = await tenant.api.ok(items, 'GET', '/v1/delivery/items?status=failed');
    expect(listed.items).toMatchObject([{ status: 'failed', error_code: 'schema_invalid' }]);
    const relay = '/api/organizations';
    const { org_id } = await orgOf(tenant);
    const relayed = await tenant.api.call('GET', `${relay}/${org_id}/deliveries?status=failed`);
    expect(relayed.body).toMatchObject({ data: [{ id: delivery.id, status: 'failed' }] });
    expect(await tenant.eventStatus(eventId)).toBe('failed');
    expect(receiver.requests).toHaveLength(0);
    await eventually('the statistics to count it', async () => {
      const statistics = await tenant.api.ok(counts, 'GET', '/api/deliveries/stats');
      return statistics.total === 1 && statistics.failed === 1;
    });
    await eventually('the total to count it', async () => {
      const { pagination } = await tenant.deliveries({ status: 'schema_failed' });
      return pagination.total === 1 && pagination.total_is_exact;
    });
  });

  test('refuses it again as long as the schema does, each time as an attempt of its own', async () => {
    const { tenant, connectionId, receiver } = await withSchema();
    const eventId = await tenant.publish({ payload: { order: '1' } });
    const { id } = await tenant.reached(eventId, 'schema_failed');
    for (let round = 2; round <= 3; round += 1) {
      expect((await tenant.retry(id)).status).toBe(200);
      await eventually('another refusal', async () => {
        const { status, attempts: made } = await tenant.delivery(id);
        return status === 'schema_failed' && made?.length === round;
      });
    }
    await repair(tenant, connectionId, { type: 'object' });
    await tenant.retry(id);
    const delivered = await tenant.reached(eventId, 'delivered');
    expect(delivered.attempts?.map(({ statusCode }) => statusCode)).toEqual([null, null, null, 200]);
    expect(receiver.requests).toHaveLength(1);
    expect((await tenant.deliveries({ status: 'schema_failed' })).data).toEqual([]);
  });

  test.each<
    [string, (tenant: Tenant, event: string, delivery: string, attempt: string) => Promise<{ status: number }>]
  >([
    ['a retry of the delivery', (tenant, _, delivery) => tenant.retry(delivery)],
    ['a retry of the attempt', (tenant, _, __, id) => tenant.api.call('POST', `/v1/delivery-attempts/${id}/retry`)],
    ['a replay of the item', (tenant, _, __, id) => tenant.api.call('POST', `/v1/delivery/items/${uuid(id)}/replay`)],
    ['a retry of the event', (tenant, event) => tenant.api.call('POST', `/v1/events/${event}/retry`)],
  ])('delivers after %s once the schema is repaired, and not before', async (_, again) => {
    const { tenant, receiver, connectionId } = await withSchema();
    const eventId = await tenant.publish({ payload: [] });
    const { id } = await tenant.reached(eventId, 'schema_failed');
    const first = await tenant.api.ok(attempts, 'GET', `/v1/delivery-attempts?event_id=${eventId}`);
    const attempt = first.delivery_attempts[0]?.id ?? '';
    const before = await tenant.api.ok(attempts, 'GET', `/v1/delivery-attempts?event_id=${eventId}&status=failed`);
    expect((await again(tenant, eventId, id, attempt)).status).toBeLessThan(300);
    await eventually('a second refusal', async () => {
      const path = `/v1/delivery-attempts?event_id=${eventId}&status=failed`;
      const { delivery_attempts } = await tenant.api.ok(attempts, 'GET', path);
      return delivery_attempts.length === before.delivery_attempts.length + 1;
    });
    expect(receiver.requests).toHaveLength(0);
    await repair(tenant, connectionId, { type: 'array' });
    expect((await again(tenant, eventId, id, attempt)).status).toBeLessThan(300);
    await eventually('the request', () => receiver.requests.length >= 1);
    await eventually('a delivery that is delivered', async () => {
      const { data } = await tenant.deliveries({ eventId });
      return data.some(({ status }) => status === 'delivered');
    });
  });

  test('is skipped by bulk replay, which takes failed and parked deliveries only', async () => {
    const { tenant } = await withSchema();
    const { id } = await tenant.reached(await tenant.publish({ payload: [] }), 'schema_failed');
    const { body } = await tenant.api.call('POST', '/api/deliveries/bulk-replay', { json: { deliveryIds: [id] } });
    expect(body).toMatchObject({ queued: 0, skipped: 1 });
    expect((await tenant.delivery(id)).status).toBe('schema_failed');
  });

  test('holds a delivery that failed before against the schema it has now', async () => {
    const { tenant, receiver, connectionId } = await withSchema();
    receiver.behave((response) => void response.writeHead(500).end());
    const eventId = await tenant.publish({ payload: { order: 1 } });
    const { id } = await tenant.reached(eventId, 'failed');
    await repair(tenant, connectionId, { type: 'string' });
    await tenant.retry(id);
    const refused = await tenant.reached(eventId, 'schema_failed');
    expect(refused.attempts?.map(({ statusCode }) => statusCode)).toEqual([500, null]);
    expect(receiver.requests).toHaveLength(1);
  });
});

describe.concurrent('a schema that is saved', () => {
  const bad: [string, unknown][] = [
    ['does not compile', { type: 'text' }],
    ['refers to the web', { $ref: 'https://example.com/schema.json' }],
    ['is itself', { $ref: '#' }],
    ['grows exponentially', { properties: { a: { allOf: [{ $ref: '#' }, { $ref: '#' }] } } }],
    ['has a pattern that would have to backtrack', { properties: { a: { pattern: '(a)\\1' } } }],
    ['is no schema', 'text'],
  ];

  test.each(bad)('is refused by its field where it %s', async (_, refused) => {
    const tenant = await world().tenant();
    const { id } = await tenant.createDestination('http://127.0.0.1:9/');
    const json = { name: 'c', destination_id: id, schema: refused };
    const answer = { status: 400, body: { error: expect.stringMatching(/^schema: /), code: 'VALIDATION_ERROR' } };
    expect(await tenant.api.call('POST', '/v1/connections', { json })).toMatchObject(answer);
    expect((await tenant.api.call('GET', '/v1/connections')).body).toMatchObject({ connections: [] });
    const connection = await tenant.connect(id, { schema });
    const change = { json: { schema: refused } };
    expect(await tenant.api.call('PATCH', `/v1/connections/${connection}`, change)).toMatchObject(answer);
    expect((await tenant.api.ok(shown, 'GET', `/v1/connections/${connection}`)).connection.schema).toEqual(schema);
  });
});

const uuid = (id: string): string => {
  const hex = id.slice(id.indexOf('_') + 1);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
};

async function orgOf(tenant: Tenant) {
  const answer = z.object({ session: z.object({ org_id: z.string() }) });
  return (await tenant.api.ok(answer, 'GET', '/v1/session')).session;
}
