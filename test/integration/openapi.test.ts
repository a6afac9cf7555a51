import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { Api } from './support/api';
import { type Documented, OPERATIONS, seen } from './support/documented';
import { eventually } from './support/eventually';
import { connectionBody, destinationBody, eventBody } from './support/factories';
import { answer } from './support/receiver';
import type { Tenant } from './support/tenant';
import { useWorld } from './support/world';

const world = useWorld();
const NOBODYS = '0190f3a2b4c57abc8def012300010001';

const row = z.looseObject({ id: z.string() });
const rows = z.object({ data: z.array(row) });
const attempts = z.object({ delivery_attempts: z.array(row) });
const items = z.object({ items: z.array(row) });

let tenant: Tenant;
/** A route that takes everything, and one that takes nothing. */
let healthy: string;
let broken: string;

/** Makes a call that has to be answered with that status. Every answer is held against the document by the client. */
async function call(method: string, path: string, status = 200, json?: unknown, api = tenant.api): Promise<unknown> {
  const found = await api.call(method, path, json === undefined ? {} : { json });
  expect([method, path, found.status, found.status === status ? undefined : found.body]).toEqual([
    method,
    path,
    status,
    undefined,
  ]);
  return found.body;
}

const statusesOf = ({ responses }: Documented): string[] => Object.keys(responses);
const successOf = (operation: Documented) => statusesOf(operation).find((status) => status.startsWith('2'));

const pathOf = ({ path }: Documented): string =>
  path
    .replace('{orgId}', tenant.names.organization)
    .replace('{id}', NOBODYS)
    .replace('{sourceId}', `src_${'0'.repeat(32)}`);

const exampleOf = ({ requestBody }: Documented): unknown => requestBody?.content['application/json']?.example;

beforeAll(async () => {
  tenant = await world().tenant();
  const [good, bad] = [await world().receiver(), await world().receiver(answer(500, {}, 'no'))];
  healthy = (await tenant.routeTo(good.url, { connection: { filter_rules: [rule('healthy')] } })).destinationId;
  broken = (await tenant.routeTo(bad.url, { connection: { filter_rules: [rule('broken')] } })).destinationId;
});

const rule = (type: string) => ({ field: 'type', operator: 'eq', value: type });

describe('every answer is as the OpenAPI document describes it', () => {
  test('to calls about configuration', async () => {
    await call('GET', '/health');
    await call('GET', '/openapi.json');
    const source = await tenant.createSource({ template: 'github' });
    const destination = await tenant.createDestination('http://127.0.0.1:9/', {
      headers: { authorization: 'secret', 'x-shop': 'main' },
      retry_policy: { max_attempts: 3, exponential: { initial_seconds: 5 } },
    });
    const connection = await tenant.connect(destination.id, { source_id: source, filter_rules: [rule('never')] });
    await call('GET', '/v1/sources/templates');
    for (const [kind, id] of [
      ['sources', source],
      ['destinations', destination.id],
      ['connections', connection],
    ] as const) {
      await call('GET', `/v1/${kind}`);
      await call('GET', `/v1/${kind}/${id}`);
      await call('PATCH', `/v1/${kind}/${id}`, 200, { name: 'Another name' });
    }
    await call('POST', `/v1/destinations/${destination.id}/rotate-secret`, 200, { overlap_seconds: 60 });
    await call('POST', `/v1/destinations/${destination.id}/pause`);
    await call('GET', `/v1/destinations/${destination.id}/circuit`);
    await call('POST', `/v1/destinations/${destination.id}/circuit/reset`);
    await call('POST', `/v1/destinations/${destination.id}/resume`);
    const ingested = await new Api(tenant.api.url).call('POST', `/v1/ingest/${source}`, { raw: 'anything' });
    expect(ingested.status).toBe(202);
    await call('DELETE', `/v1/connections/${connection}`);
    await call('DELETE', `/v1/destinations/${destination.id}`);
    await call('DELETE', `/v1/sources/${source}`);
  });

  test('to calls about keys and sessions', async () => {
    const made = z.object({ api_key: row }).parse(await call('POST', '/v1/api-keys', 201, { name: 'Reader' }));
    await call('GET', '/v1/api-keys');
    await call('DELETE', `/v1/api-keys/${made.api_key.id}`);
    await call('GET', '/v1/session');
    await call('DELETE', '/v1/session', 400);
    const started = await tenant.api.call('POST', '/v1/session');
    const [cookie = ''] = started.headers.getSetCookie().map((one) => one.split(';')[0] ?? '');
    const visitor = new Api(tenant.api.url);
    for (const [method, status] of [
      ['GET', 200],
      ['POST', 403],
      ['DELETE', 200],
    ] as const) {
      expect((await visitor.call(method, '/v1/session', { headers: { cookie } })).status).toBe(status);
    }
  });

  test('to calls about events and what became of them', async () => {
    const [delivered] = await tenant.publishBatch([{ type: 'healthy' }, { type: 'healthy', payload: 'text' }]);
    const dead = await Promise.all(Array.from({ length: 8 }, () => tenant.publish({ type: 'broken' })));
    const unrouted = await tenant.publish({ type: 'nowhere', id: 'unrouted-1' });
    const { id: deliveredId } = await tenant.reached(delivered ?? '', 'delivered');
    const failed = await Promise.all(dead.map(async (event) => (await tenant.reached(event, 'failed')).id));
    await call('GET', '/v1/events?limit=100');
    await call('GET', `/v1/events/${delivered}`);
    await call('GET', `/v1/events/${unrouted}`);
    await call('POST', `/v1/events/${unrouted}/retry`);
    await eventually('the counters', async () => {
      const overview = await call('GET', '/v1/metrics/overview');
      return z.object({ dlq_count: z.number() }).parse(overview).dlq_count === 8;
    });
    await call('GET', '/v1/metrics/volume?granularity=day');
    await attemptsAnswer(delivered ?? '', dead[0] ?? '');
    await itemsAnswer(delivered ?? '');
    for (const path of ['/api/deliveries', `/api/organizations/${tenant.names.organization}/deliveries`]) {
      await deliveriesAnswer(path, deliveredId, failed);
    }
    await call('POST', '/api/deliveries/bulk-replay', 200, { deliveryIds: [...failed, deliveredId, 'dlv_none'] });
  });

  test('to calls about recoveries', async () => {
    const [, destination = ''] =
      /"id":"(dst_[0-9a-f]{32})"/.exec(JSON.stringify(await call('GET', '/v1/destinations'))) ?? [];
    const started = await call('POST', '/v1/recoveries', 202, { destination_id: destination, from: '2026-01-01' });
    const { recovery } = z.object({ recovery: z.object({ id: z.string() }) }).parse(started);
    await call('GET', '/v1/recoveries?status=running');
    await call('GET', `/v1/recoveries/${recovery.id}`);
    await call('POST', `/v1/recoveries/${recovery.id}/cancel`);
  });

  test('to calls that are refused', async () => {
    const reader = await world().key({ ...tenant.names, scopes: [] });
    const stranger = new Api(tenant.api.url);
    const without = new Api(tenant.api.url, reader.secret);
    for (const operation of OPERATIONS) {
      const { method } = operation;
      const [path, json] = [pathOf(operation), exampleOf(operation)];
      // A source answers 401 to what is not signed, and knows no keys.
      const keyed = statusesOf(operation).includes('401') && !path.startsWith('/v1/ingest/');
      if (keyed) await call(method, path, 401, json, stranger);
      if (statusesOf(operation).includes('403') && !path.startsWith('/v1/session')) {
        if (keyed) await call(method, path, 403, json, without);
      }
      if (statusesOf(operation).includes('404') && path.includes(NOBODYS)) await call(method, path, 404, json);
      if (statusesOf(operation).includes('413')) await call(method, path, 413, 'x'.repeat(300_000));
    }
    await call('POST', '/v1/events', 400, { type: 7 });
    await call('POST', '/v1/events', 409, eventBody({ type: 'other', id: 'unrouted-1' }));
    await call('POST', '/v1/destinations', 400, destinationBody('ftp://example.com'));
    await call('POST', '/v1/connections', 400, connectionBody('dst_none'));
    for (const path of ['/v1/events', '/v1/delivery-attempts', '/v1/delivery/items'])
      await call('GET', `${path}?limit=0`, 400);
    await call('GET', '/api/deliveries?page=0', 400);
  });

  test('to calls that come too fast', async () => {
    const { secret } = await world().key({ ...tenant.names, rateLimit: { perSecond: 1, burst: 2 } });
    const hasty = new Api(tenant.api.url, secret);
    for (const path of ['/v1/events', '/v1/delivery/items', '/api/deliveries']) {
      const answers = await Promise.all(Array.from({ length: 6 }, () => hasty.call('GET', path)));
      const late = answers.find(({ status }) => status === 429);
      expect([path, late?.headers.get('retry-after')]).toEqual([path, expect.stringMatching(/^\d+$/)]);
    }
  });

  test('and every operation was answered with success in these tests', () => {
    const missing = OPERATIONS.filter((one) => !seen.has(`${one.operationId} ${successOf(one)}`));
    expect(missing.map(({ operationId }) => operationId)).toEqual([]);
  });
});

async function attemptsAnswer(delivered: string, dead: string): Promise<void> {
  const list = async (event: string) =>
    attempts.parse(await call('GET', `/v1/delivery-attempts?event_id=${event}`)).delivery_attempts[0]?.id;
  const [made, lost] = [await list(delivered), await list(dead)];
  await call('GET', `/v1/delivery-attempts/${made}`);
  await call('GET', `/v1/delivery-attempts/${lost}`);
  await call('POST', `/v1/delivery-attempts/${made}/retry`, 400);
  await call('POST', `/v1/delivery-attempts/${lost}/retry`);
  await tenant.reached(dead, 'failed');
}

async function itemsAnswer(event: string): Promise<void> {
  const [item] = items.parse(await call('GET', `/v1/delivery/items?event_id=${event}`)).items;
  await call('GET', `/v1/delivery/items/${item?.id}`);
  await call('POST', `/v1/delivery/items/${item?.id}/replay`);
}

async function deliveriesAnswer(path: string, delivered: string, failed: readonly string[]): Promise<void> {
  await call('GET', `${path}?destinationId=${healthy}`);
  await call('GET', `${path}/stats`);
  await call('GET', `${path}/${delivered}?includeAttempts=true`);
  await call('POST', `${path}/${delivered}/retry`, 409);
  const letters = rows.parse(await call('GET', `${path}/dead-letter?destinationId=${broken}`)).data;
  const retried = failed.find((id) => letters.some(({ deliveryId }) => deliveryId === id));
  await call('POST', `${path}/${retried}/retry`);
  const [first, second] = letters.filter(({ deliveryId }) => deliveryId !== retried);
  await call('POST', `${path}/dead-letter/${first?.id}/requeue`);
  await call('DELETE', `${path}/dead-letter/${second?.id}`, 204);
}
