import { describe, expect, test } from 'vitest';
import { SCOPES } from '../../lambdas/store/access/api-keys';
import { connectionBody } from './support/factories';
import type { Tenant } from './support/tenant';
import { useWorld } from './support/world';

const world = useWorld();
const NOWHERE = 'http://127.0.0.1:9/';

const get = async (tenant: Tenant, path: string) => (await tenant.api.call('GET', path)).body;

/** Every route that names something by its id, with the scope it takes. */
const ROUTES_BY_ID = [
  ['GET', '/v1/sources/{source}', 'read'],
  ['PATCH', '/v1/sources/{source}', 'write'],
  ['DELETE', '/v1/sources/{source}', 'delete'],
  ['GET', '/v1/destinations/{destination}', 'read'],
  ['PATCH', '/v1/destinations/{destination}', 'write'],
  ['POST', '/v1/destinations/{destination}/rotate-secret', 'write'],
  ['POST', '/v1/destinations/{destination}/pause', 'write'],
  ['POST', '/v1/destinations/{destination}/resume', 'write'],
  ['GET', '/v1/destinations/{destination}/circuit', 'read'],
  ['POST', '/v1/destinations/{destination}/circuit/reset', 'write'],
  ['DELETE', '/v1/destinations/{destination}', 'delete'],
  ['GET', '/v1/connections/{connection}', 'read'],
  ['PATCH', '/v1/connections/{connection}', 'write'],
  ['DELETE', '/v1/connections/{connection}', 'delete'],
  ['GET', '/v1/events/{event}', 'read'],
  ['POST', '/v1/events/{event}/retry', 'write'],
  ['DELETE', '/v1/api-keys/{key}', 'delete'],
] as const;

const ROUTES_WITHOUT_ID = [
  ['GET', '/v1/sources', 'read'],
  ['GET', '/v1/sources/templates', 'read'],
  ['POST', '/v1/sources', 'write'],
  ['GET', '/v1/destinations', 'read'],
  ['POST', '/v1/destinations', 'write'],
  ['GET', '/v1/connections', 'read'],
  ['POST', '/v1/connections', 'write'],
  ['GET', '/v1/events', 'read'],
  ['GET', '/v1/api-keys', 'read'],
  ['POST', '/v1/api-keys', 'write'],
] as const;

async function things(tenant: Tenant): Promise<Record<string, string>> {
  const source = await tenant.createSource();
  const { destinationId: destination, connectionId: connection } = await tenant.routeTo(NOWHERE);
  const key = (await world().key(tenant.names)).id;
  return { source, destination, connection, key, event: await tenant.publish() };
}

const pathOf = (template: string, ids: Record<string, string>) =>
  template.replace(/\{(\w+)\}/, (_, kind: string) => ids[kind] ?? '');

const withBody = (method: string) => (method === 'PATCH' ? { json: { name: 'Taken over' } } : {});

/** What is counted may still be on its way when it is read first. */
const withoutCounts = (answer: unknown): unknown =>
  JSON.parse(
    JSON.stringify(answer, (name, value) => (/_count$|^last_|^consecutive_failures$/.test(name) ? undefined : value)),
  );

describe('isolation', () => {
  test("another tenant's ids are answered on every route as ids that do not exist", async () => {
    const [owner, stranger] = [await world().tenant(), await world().tenant()];
    const neighbour = await world().tenant(owner.names.organization);
    const ids = await things(owner);
    const before = await Promise.all(
      ROUTES_WITHOUT_ID.filter(([method, path]) => method === 'GET' && path !== '/v1/events').map(([, path]) =>
        get(owner, path),
      ),
    );
    for (const [method, template] of ROUTES_BY_ID) {
      const path = pathOf(template, ids);
      for (const other of [stranger, neighbour]) {
        const refused = await other.api.call(method, path, withBody(method));
        const unknown = await other.api.call(method, path.replace(/[0-9a-f]{4}(?=0{8}|\b)/, 'ffff'), withBody(method));
        expect({ method, path, status: refused.status }).toEqual({ method, path, status: 404 });
        expect(unknown.status).toBe(404);
        expect(Object.keys(Object(refused.body))).toEqual(Object.keys(Object(unknown.body)));
      }
    }
    const after = await Promise.all(
      ROUTES_WITHOUT_ID.filter(([method, path]) => method === 'GET' && path !== '/v1/events').map(([, path]) =>
        get(owner, path),
      ),
    );
    expect(after.map(withoutCounts)).toEqual(before.map(withoutCounts));
    const json = connectionBody(ids.destination ?? '');
    expect((await stranger.api.call('POST', '/v1/connections', { json })).status).toBe(400);
  });

  test('a key of the whole organization reads across its environments and changes nothing in them', async () => {
    const owner = await world().tenant();
    const ids = await things(owner);
    const { secret } = await world().key({ organization: owner.names.organization });
    const headers = { 'x-api-key': secret };
    for (const [method, template] of ROUTES_BY_ID.filter(([, path]) => !path.includes('{key}'))) {
      const { status } = await owner.api.call(method, pathOf(template, ids), { headers, ...withBody(method) });
      expect({ method, template, status }).toEqual({ method, template, status: method === 'GET' ? 200 : 403 });
    }
    const listed = await owner.api.call('GET', '/v1/sources', { headers });
    expect(listed.body).toMatchObject({ sources: [{ id: ids.source }] });
  });

  test('every route takes its scope and is refused without it', async () => {
    const tenant = await world().tenant();
    const ids = await things(tenant);
    const keyWith = async (allowed: (scope: string) => boolean) =>
      (await world().key({ ...tenant.names, scopes: SCOPES.filter(allowed) })).secret;
    const lacking = new Map<string, string>();
    const having = new Map<string, string>();
    for (const scope of SCOPES) {
      lacking.set(scope, await keyWith((one) => one !== scope));
      having.set(scope, await keyWith((one) => one === scope));
    }
    for (const [method, template, needed] of [...ROUTES_WITHOUT_ID, ...ROUTES_BY_ID]) {
      const path = pathOf(template, ids);
      const secret = lacking.get(needed) ?? '';
      const refused = await tenant.api.call(method, path, { headers: { 'x-api-key': secret }, ...withBody(method) });
      const error = `The API key lacks the scope ${needed}`;
      expect({ method, path, ...refused }).toMatchObject({
        method,
        path,
        status: 403,
        body: { error, code: 'FORBIDDEN' },
      });
      const anonymous = await tenant.api.call(method, path, { headers: { 'x-api-key': '' }, ...withBody(method) });
      expect({ method, path, ...anonymous }).toMatchObject({ status: 401, body: { code: 'UNAUTHORIZED' } });
    }
    for (const [method, template, needed] of ROUTES_BY_ID) {
      const secret = having.get(needed) ?? '';
      const own = method === 'DELETE' ? await things(tenant) : ids;
      const call = { headers: { 'x-api-key': secret }, ...withBody(method) };
      const { status } = await tenant.api.call(method, pathOf(template, own), call);
      expect({ method, template, status }).toEqual({ method, template, status: 200 });
    }
  });
});
