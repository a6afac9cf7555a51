import { describe, expect, test } from 'vitest';
import { ROUTES, type Route } from '../../lambdas/http/routes';
import { revokeApiKey, type Scope } from '../../lambdas/store/access/api-keys';
import { Api } from './support/api';
import { eventually } from './support/eventually';
import { eventBody, sourceBody } from './support/factories';
import { refusalBody } from './support/refusal';
import { useWorld } from './support/world';

const world = useWorld();

/** Routes that need no key: health, the description of the API, and ingest, where the source's id is the address. */
const PUBLIC = ['/health', '/openapi.json', '/v1/ingest/{sourceId}'];

/** Routes that any key may call, whatever its scopes. */
const ANY_KEY = ['/v1/session'];

const SCOPES: Partial<Record<Route['method'], Scope>> = { GET: 'read', DELETE: 'delete' };
const guarded = ROUTES.filter(({ path }) => ![...PUBLIC, ...ANY_KEY].includes(path)).map(({ method, path }) => ({
  method,
  path: path.replaceAll(/\{\w+\}/g, 'unknown'),
  scope: SCOPES[method] ?? 'write',
}));

/** Calls a route with whatever key, or none. */
const call = (method: string, path: string, key?: string, headers: Record<string, string> = {}) =>
  new Api(world().stack.apiUrl, key).call(method, path, { headers, ...(method === 'POST' && { json: {} }) });

describe.concurrent.each(guarded)('$method $path', ({ method, path, scope }) => {
  test('answers 401 without a key', async () => {
    expect(await call(method, path)).toMatchObject({ status: 401, body: refusalBody(path, 'UNAUTHORIZED') });
  });

  test('answers 401 with a key that does not exist', async () => {
    const answer = await call(method, path, 'phk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA');
    expect(answer).toMatchObject({ status: 401, body: refusalBody(path, 'UNAUTHORIZED') });
  });

  test(`answers 403 with a key that lacks the scope ${scope}`, async () => {
    const scopes = (['read', 'write', 'delete'] as const).filter((one) => one !== scope);
    const { secret } = await world().key({ organization: 'scopes', environment: 'production', scopes });
    expect(await call(method, path, secret)).toMatchObject({ status: 403, body: refusalBody(path, 'FORBIDDEN') });
  });

  test('takes a key with just that scope, as a header of its own or as a Bearer token', async () => {
    const { secret } = await world().key({ organization: 'scopes', environment: 'production', scopes: [scope] });
    const own = await call(method, path, secret);
    const bearer = await call(method, path, undefined, { authorization: `Bearer ${secret}` });
    expect([200, 400, 404]).toContain(own.status);
    expect(bearer.status).toBe(own.status);
  });
});

describe.concurrent('a key', () => {
  test('that is revoked is refused', async () => {
    const { secret, id, organization } = await world().key({ organization: 'revoked', environment: 'production' });
    await revokeApiKey(world().table.table, organization, id, Date.now());
    expect(await call('GET', '/v1/events', secret)).toMatchObject({ status: 401 });
  });

  test('that is revoked while it is in use stops working by itself', async () => {
    const { secret, id, organization } = await world().key({ organization: 'in-use', environment: 'production' });
    expect((await call('GET', '/v1/events', secret)).status).toBe(200);
    await revokeApiKey(world().table.table, organization, id, Date.now());
    await eventually('the key to be refused', async () => (await call('GET', '/v1/events', secret)).status === 401);
  });

  test('that has expired is refused', async () => {
    const expiresOn = new Date(Date.now() - 1000).toISOString();
    const { secret } = await world().key({ organization: 'expired', environment: 'production', expiresOn });
    expect(await call('GET', '/v1/events', secret)).toMatchObject({ status: 401 });
  });

  test('that has not expired yet works', async () => {
    const expiresOn = new Date(Date.now() + 3_600_000).toISOString();
    const { secret } = await world().key({ organization: 'expires', environment: 'production', expiresOn });
    expect(await call('GET', '/v1/events', secret)).toMatchObject({ status: 200 });
  });

  test('is stored nowhere, only its hash', async () => {
    const { secret } = await world().key({ organization: 'hashed', environment: 'production' });
    expect((await world().table.allItems()).includes(secret)).toBe(false);
  });
});

describe.concurrent('a key of the whole organization', () => {
  test('reads across its environments', async () => {
    const [first, second] = [await world().tenant('holding'), await world().tenant('holding')];
    const ids = [await first.publish(), await second.publish()];
    const { secret } = await world().key({ organization: 'holding' });
    const { body } = await call('GET', '/v1/events', secret);
    expect(body).toMatchObject({ pagination: { total: 2 } });
    for (const id of ids) expect(await call('GET', `/v1/events/${id}`, secret)).toMatchObject({ status: 200 });
  });

  test('neither publishes nor changes anything', async () => {
    const { secret } = await world().key({ organization: 'master' });
    const api = new Api(world().stack.apiUrl, secret);
    expect(await api.call('POST', '/v1/events', { json: eventBody() })).toMatchObject({ status: 403 });
    expect(await api.call('POST', '/v1/sources', { json: sourceBody() })).toMatchObject({ status: 403 });
  });
});

test('health needs no key', async () => {
  expect(await call('GET', '/health')).toMatchObject({ status: 200 });
});

test('every answer has the id of its request', async () => {
  for (const path of ['/health', '/v1/events', '/nowhere'])
    expect((await call('GET', path)).headers.get('x-request-id')).toMatch(/\S/);
});
