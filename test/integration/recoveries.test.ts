import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { getDelivery } from '../../lambdas/store/deliveries/deliveries';
import { restart } from '../../lambdas/store/deliveries/transitions';
import { getRecovery, planChunk } from '../../lambdas/store/sweep/recoveries';
import { Api } from './support/api';
import { eventually } from './support/eventually';
import { answer } from './support/receiver';
import { addressOf } from './support/table';
import type { Tenant } from './support/tenant';
import { useOwnWorld } from './support/world';

const world = useOwnWorld();

const PATH = '/v1/recoveries';
const shape = z.object({
  id: z.string(),
  destination_id: z.string(),
  from: z.string(),
  to: z.string(),
  status: z.string(),
  seen: z.number(),
  replayed: z.number(),
  skipped: z.number(),
  finished_at: z.string().nullable(),
});
const one = z.object({ recovery: shape });
const many = z.object({ recoveries: z.array(shape) });
const LONG_AGO = '2020-01-01T00:00:00Z';

const start = async ({ api }: Tenant, destination: string, range: { from?: string; to?: string } = {}) => {
  const json = { destination_id: destination, from: LONG_AGO, ...range };
  return (await api.ok(one, 'POST', PATH, { json })).recovery;
};
const read = async ({ api }: Tenant, id: string) => (await api.ok(one, 'GET', `${PATH}/${id}`)).recovery;
const cancel = ({ api }: Tenant, id: string) => api.call('POST', `${PATH}/${id}/cancel`);
const sweep = () => world().stack.invoke('sweep', {});

/** A tenant with deliveries that have failed, and the first of them; the receiver takes everything from now on. */
async function outage(count: number) {
  const [tenant, receiver] = [await world().tenant(), await world().receiver(answer(500))];
  const { destinationId } = await tenant.routeTo(receiver.url);
  const eventIds: string[] = [];
  for (let left = count; left > 0; left -= 50)
    eventIds.push(...(await tenant.publishBatch(Array.from({ length: Math.min(50, left) }, () => ({})))));
  await eventually(
    `${count} deliveries to fail`,
    async () => (await tenant.deliveries({ status: 'failed' })).pagination.total === count,
    45_000,
  );
  const ids: string[] = [];
  for (const eventId of eventIds.slice(0, 4)) ids.push((await tenant.reached(eventId, 'failed')).id);
  receiver.behave(answer(200));
  return { tenant, receiver, destinationId, eventIds, ids };
}

// One after another: a sweep goes on with the jobs of everybody.
describe('a recovery', () => {
  test('replays what the destination failed to take in the range, and tells its progress', async () => {
    const { tenant, receiver, destinationId, eventIds } = await outage(3);
    const other = await tenant.createDestination(receiver.url);
    const job = await start(tenant, destinationId);
    expect(job).toMatchObject({ status: 'running', seen: 0, replayed: 0, skipped: 0, finished_at: null });
    expect(job).toMatchObject({ destination_id: destinationId, from: '2020-01-01T00:00:00.000Z' });
    const elsewhere = await start(tenant, other.id);
    const before = await start(tenant, destinationId, { to: '2020-01-02' });
    await sweep();
    for (const eventId of eventIds)
      expect(await tenant.reached(eventId, 'delivered')).toMatchObject({ attemptCount: 1 });
    expect(await read(tenant, job.id)).toMatchObject({ status: 'done', seen: 3, replayed: 3, skipped: 0 });
    expect((await read(tenant, job.id)).finished_at).not.toBeNull();
    for (const { id } of [elsewhere, before])
      expect(await read(tenant, id)).toMatchObject({ status: 'done', seen: 0, replayed: 0 });
    const family = await world().table.family(eventIds[0] ?? '');
    expect(family.find(({ sk }) => String(sk).endsWith('#ATT#0002'))).toMatchObject({ trigger: 'replay' });
    expect(family.filter(({ sk }) => String(sk).includes('#DLQ#'))).toEqual([]);
  });

  test('works in chunks, and runs of the sweep at the same time replay and count each delivery once', async () => {
    const { tenant, receiver, destinationId, ids } = await outage(110);
    const { id } = await start(tenant, destinationId);
    await Promise.all([sweep(), sweep(), sweep()]);
    while ((await read(tenant, id)).status === 'running') await sweep();
    expect(await read(tenant, id)).toMatchObject({ status: 'done', seen: 110, replayed: 110, skipped: 0 });
    for (const deliveryId of ids) {
      const address = addressOf(deliveryId);
      expect(await getDelivery(world().table.table, address.base, address.ordinal)).toMatchObject({ recovery: id });
    }
    await expect.poll(() => receiver.requests.length, { timeout: 60_000 }).toBe(220);
  }, 180_000);

  test('is listed newest first, page by page, by offset and by cursor', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver()];
    const { id: destination } = await tenant.createDestination(receiver.url);
    const jobs: string[] = [];
    for (let n = 0; n < 5; n += 1) jobs.unshift((await start(tenant, destination)).id);
    const pages = many.extend({ pagination: z.object({ total: z.number(), next_cursor: z.string().nullable() }) });
    const page = (query: string) => tenant.api.ok(pages, 'GET', `${PATH}?limit=2${query}`);
    const idsOf = ({ recoveries }: z.output<typeof many>) => recoveries.map(({ id }) => id);
    const [first, second] = [await page(''), await page('&offset=2')];
    const byCursor = await page(`&cursor=${first.pagination.next_cursor}`);
    const last = await page(`&cursor=${byCursor.pagination.next_cursor}`);
    expect([...idsOf(first), ...idsOf(byCursor), ...idsOf(last)]).toEqual(jobs);
    expect(idsOf(second)).toEqual(idsOf(byCursor));
    expect(first.pagination.total).toBe(5);
    expect(last.pagination.next_cursor).toBeNull();
    for (const query of ['limit=0', 'limit=101', 'offset=-1', 'offset=10000', 'cursor=x'])
      expect(await tenant.api.call('GET', `${PATH}?${query}`)).toMatchObject({ status: 400 });
  });

  test('is taken up where a crash has left it, with nothing replayed or counted twice', async () => {
    const { tenant, receiver, destinationId, eventIds, ids } = await outage(4);
    const { table } = world().table;
    const { id } = await start(tenant, destinationId);
    const job = await getRecovery(table, tenant.environment, id);
    if (!job) throw new Error('There is no such job.');
    // A run that has planned all four, replayed the first and died; somebody retries the last one by hand.
    await planChunk(table, job, { deliveries: ids, end: '2099-01-01T00:00:00.000Z#' }, new Date().toISOString());
    const { base, ordinal } = addressOf(ids[0] ?? '');
    const first = await getDelivery(table, base, ordinal);
    if (first) await restart(table, first, 'replay', Date.now(), id);
    await tenant.retry(ids[3] ?? '');
    await tenant.reached(eventIds[3] ?? '', 'delivered');
    await sweep();
    expect(await read(tenant, id)).toMatchObject({ status: 'done', seen: 4, replayed: 3, skipped: 1 });
    for (const eventId of eventIds) await tenant.reached(eventId, 'delivered');
    expect(receiver.requests).toHaveLength(8);
  });

  test('that is cancelled replays nothing more; what it had begun is counted', async () => {
    const { tenant, receiver, destinationId, eventIds } = await outage(2);
    const { id } = await start(tenant, destinationId);
    expect(await cancel(tenant, id)).toMatchObject({ status: 200, body: { recovery: { status: 'cancelled' } } });
    expect(await cancel(tenant, id)).toMatchObject({ status: 200, body: { recovery: { status: 'cancelled' } } });
    await sweep();
    expect(await read(tenant, id)).toMatchObject({ status: 'cancelled', seen: 0, replayed: 0 });
    for (const eventId of eventIds) await tenant.reached(eventId, 'failed');
    expect(receiver.requests).toHaveLength(2);
    const again = await start(tenant, destinationId);
    await sweep();
    expect(await read(tenant, again.id)).toMatchObject({ status: 'done', replayed: 2 });
    expect(await cancel(tenant, again.id)).toMatchObject({ status: 409, body: { code: 'INVALID_STATE' } });
  });

  test('is listed newest first, by destination and status', async () => {
    const { tenant, destinationId } = await outage(1);
    const other = await tenant.createDestination('http://127.0.0.1:9/');
    const first = await start(tenant, destinationId);
    const second = await start(tenant, other.id);
    await cancel(tenant, second.id);
    const list = async (query = '') =>
      (await tenant.api.ok(many, 'GET', `${PATH}${query}`)).recoveries.map(({ id }) => id);
    expect(await list()).toEqual([second.id, first.id]);
    expect(await list(`?destination_id=${destinationId}`)).toEqual([first.id]);
    expect(await list('?status=cancelled')).toEqual([second.id]);
    expect((await tenant.api.call('GET', `${PATH}?status=lost`)).status).toBe(400);
  });
});

describe.concurrent('the routes of recoveries', () => {
  test.each([
    ['a body that is no object', [], ''],
    ['no destination', { from: LONG_AGO }, 'destination_id'],
    ['no beginning', { destination_id: 'DST' }, 'from'],
    ['a beginning that is no time', { destination_id: 'DST', from: 'yesterday' }, 'from'],
    ['a beginning that no calendar has', { destination_id: 'DST', from: '2026-02-30' }, 'from'],
    ['a beginning in the future', { destination_id: 'DST', from: '2100-01-01' }, 'from'],
    ['an end that is no time', { destination_id: 'DST', from: LONG_AGO, to: 5 }, 'to'],
    ['an end before the beginning', { destination_id: 'DST', from: LONG_AGO, to: '2019-01-01' }, 'to'],
    ['another tenant', { destination_id: 'DST', from: LONG_AGO, env_id: 'other' }, 'env_id'],
  ])('refuse %s', async (_, body, field) => {
    const tenant = await world().tenant();
    const { id } = await tenant.createDestination('http://127.0.0.1:9/');
    const raw = JSON.stringify(body).replace('DST', id);
    const refused = await tenant.api.call('POST', PATH, { raw });
    expect(refused).toMatchObject({ status: 400, body: { code: 'VALIDATION_ERROR' } });
    expect(JSON.stringify(refused.body)).toContain(field);
  });

  test('know nothing of other tenants, and need the scope for what they do', async () => {
    const [tenant, stranger] = [await world().tenant(), await world().tenant()];
    const { id: destination } = await tenant.createDestination('http://127.0.0.1:9/');
    const { id } = await start(tenant, destination);
    const json = { destination_id: destination, from: LONG_AGO };
    const missing = { status: 404, body: { code: 'RESOURCE_NOT_FOUND' } };
    expect(await stranger.api.call('POST', PATH, { json })).toMatchObject(missing);
    expect(await stranger.api.call('GET', `${PATH}/${id}`)).toMatchObject(missing);
    expect(await cancel(stranger, id)).toMatchObject(missing);
    expect((await stranger.api.call('GET', PATH)).body).toMatchObject({ recoveries: [] });
    expect(await tenant.api.call('GET', `${PATH}/rec_unknown`)).toMatchObject(missing);

    const forbidden = { status: 403, body: { code: 'FORBIDDEN' } };
    const reader = new Api(tenant.api.url, (await world().key({ ...tenant.names, scopes: ['read'] })).secret);
    const whole = new Api(tenant.api.url, (await world().key({ organization: tenant.names.organization })).secret);
    for (const api of [reader, whole]) {
      expect(await api.call('POST', PATH, { json })).toMatchObject(forbidden);
      expect(await api.call('POST', `${PATH}/${id}/cancel`)).toMatchObject(forbidden);
      expect(await api.call('GET', `${PATH}/${id}`)).toMatchObject({ status: 200, body: { recovery: { id } } });
    }
    expect(await new Api(tenant.api.url).call('GET', PATH)).toMatchObject({ status: 401 });
  });
});
