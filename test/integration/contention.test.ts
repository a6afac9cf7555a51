import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { environmentPk } from '../../lambdas/store/table/addresses';
import { Contention } from '../../local/dynamodb/contention';
import { connectionBody } from './support/factories';
import type { Tenant } from './support/tenant';
import { startWorld, type World } from './support/world';

const contention = new Contention();
let world: World;
beforeAll(async () => {
  world = await startWorld('usual', { interceptors: [contention.intercept] });
});
afterAll(async () => {
  await world.stop();
});

const NOWHERE = 'http://127.0.0.1:9/';
const PARALLEL = 30;

/** What `calls` are answered with, made all at once. */
const together = async (calls: readonly Promise<{ readonly status: number }>[]): Promise<number[]> =>
  (await Promise.all(calls)).map(({ status }) => status);

const times = <Result>(count: number, make: (index: number) => Result): Result[] =>
  Array.from({ length: count }, (_, index) => make(index));

const connectionList = z.object({
  connections: z.array(z.object({ id: z.string(), name: z.string(), destination_id: z.string() })),
  pagination: z.object({ total: z.number() }),
});
const connectionsOf = ({ api }: Tenant) => api.ok(connectionList, 'GET', '/v1/connections?limit=100');

describe('calls that meet at the same items', () => {
  test('make every connection that was asked for to one destination', async () => {
    const tenant = await world.tenant();
    const [{ id: destination }, source] = [await tenant.createDestination(NOWHERE), await tenant.createSource()];
    const json = (index: number) => connectionBody(destination, { name: `connection ${index}`, source_id: source });
    const before = contention.refused.conflicts;
    const statuses = await together(
      times(PARALLEL, (index) => tenant.api.call('POST', '/v1/connections', { json: json(index) })),
    );
    expect(statuses).toEqual(times(PARALLEL, () => 201));
    const { connections, pagination } = await connectionsOf(tenant);
    expect(pagination.total).toBe(PARALLEL);
    expect(new Set(connections.map(({ name }) => name)).size).toBe(PARALLEL);
    expect(contention.refused.conflicts).toBeGreaterThan(before);
  });

  test('change every connection, and the destination and source that they join', async () => {
    const tenant = await world.tenant();
    const [old, next] = [await tenant.createDestination(NOWHERE), await tenant.createDestination(NOWHERE)];
    const source = await tenant.createSource();
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) ids.push(await tenant.connect(old.id, { name }));
    const patch = (path: string, json: unknown) => tenant.api.call('PATCH', path, { json });
    const statuses = await together([
      ...ids.map((id) => patch(`/v1/connections/${id}`, { destination_id: next.id, source_id: source })),
      ...ids.map((id) => patch(`/v1/connections/${id}`, { name: `renamed ${id}` })),
      ...times(5, () => patch(`/v1/destinations/${next.id}`, { name: 'Depot' })),
      ...times(5, () => patch(`/v1/sources/${source}`, { name: 'Till' })),
    ]);
    expect(new Set(statuses)).toEqual(new Set([200]));
    const { connections } = await connectionsOf(tenant);
    // The newest is listed first.
    const changed = ids.toReversed().map((id) => ({ id, name: `renamed ${id}`, destination_id: next.id }));
    expect(connections).toEqual(changed);
    const stored = (sk: string) => world.table.get({ pk: environmentPk(tenant.environment), sk });
    expect(await stored(`DST#${next.id}`)).toMatchObject({ name: 'Depot' });
    expect(await stored(`SRC#${source}`)).toMatchObject({ name: 'Till' });
  });

  test('delete once what several delete at a time, and leave no connection behind', async () => {
    const tenant = await world.tenant();
    const [{ id: destination }, source] = [await tenant.createDestination(NOWHERE), await tenant.createSource()];
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c', 'd']) ids.push(await tenant.connect(destination, { name, source_id: source }));
    const paths = [`/v1/sources/${source}`, `/v1/destinations/${destination}`];
    const remove = (path: string) => times(4, () => tenant.api.call('DELETE', path));
    const answers = await Promise.all(
      [...paths, ...ids.map((id) => `/v1/connections/${id}`)].map((path) => together(remove(path))),
    );
    expect(answers.flat().filter((status) => status !== 200 && status !== 404)).toEqual([]);
    for (const statuses of answers.slice(0, paths.length))
      expect(statuses.filter((one) => one === 200)).toHaveLength(1);
    expect((await connectionsOf(tenant)).pagination.total).toBe(0);
    for (const path of paths) expect((await tenant.api.call('GET', path)).status).toBe(404);
  });

  test('join a destination or find it gone, while it is being deleted', async () => {
    const tenant = await world.tenant();
    const { id } = await tenant.createDestination(NOWHERE);
    const json = connectionBody(id);
    const [removed, ...made] = await together([
      tenant.api.call('DELETE', `/v1/destinations/${id}`),
      ...times(10, () => tenant.api.call('POST', '/v1/connections', { json })),
    ]);
    expect(removed).toBe(200);
    // 400: it was gone when it was looked for; 409: it went between the look and the write.
    expect(made.filter((status) => ![201, 400, 409].includes(status))).toEqual([]);
    expect((await connectionsOf(tenant)).connections).toEqual([]);
  });
});

test('a transaction whose answer is lost is sent again, and counts as done', async () => {
  const tenant = await world.tenant();
  contention.loseAnswer();
  const before = contention.refused.lost;
  const id = await tenant.createSource({ name: 'Once' });
  expect(contention.refused.lost).toBe(before + 1);
  expect((await tenant.api.call('GET', `/v1/sources/${id}`)).body).toMatchObject({ source: { name: 'Once' } });
});

describe('a throttled transaction', () => {
  test.each(['ThrottlingError', 'ProvisionedThroughputExceeded'] as const)(
    'is written in the end (%s)',
    async (code) => {
      const tenant = await world.tenant();
      contention.throttle(code, code);
      const before = contention.refused.throttles;
      expect(await tenant.createSource()).toMatch(/^src_/);
      expect(contention.refused.throttles).toBe(before + 2);
    },
  );
});
