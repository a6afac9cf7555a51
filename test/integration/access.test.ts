import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { Api } from './support/api';
import { eventually } from './support/eventually';
import { useWorld } from './support/world';

const world = useWorld();

const newKey = z.object({ api_key: z.looseObject({ id: z.string(), secret: z.string() }) });
const keyList = z.object({ api_keys: z.array(z.looseObject({ id: z.string() })) });

/** Starts a session as a browser would keep it: name and value, and the attributes apart. */
async function startSession(key: string) {
  const started = await new Api(world().stack.apiUrl, key).call('POST', '/v1/session');
  const [cookie = '', ...attributes] = (started.headers.get('set-cookie') ?? '').split('; ');
  return { ...started, cookie, attributes };
}

/** A client that presents nothing but a cookie. */
const withCookie = (cookie: string) => ({
  call: (method: string, path: string, json?: unknown) =>
    new Api(world().stack.apiUrl).call(method, path, { headers: { cookie }, ...(json !== undefined && { json }) }),
});

describe.concurrent('a session', () => {
  test('starts with a key and stands for it on every surface', async () => {
    const tenant = await world().tenant();
    const { status, cookie, attributes, body } = await startSession(tenant.key);
    expect(status).toBe(201);
    expect(cookie).toMatch(/^better-auth\.session_token=phs_[\w-]{43}$/);
    expect(attributes).toEqual(expect.arrayContaining(['HttpOnly', 'Secure', 'SameSite=Strict', 'Path=/']));
    expect(attributes.find((one) => one.startsWith('Expires='))).toMatch(/GMT$/);
    expect(body).toMatchObject({ session: { authenticated_by: 'session', env_id: tenant.environment } });
    const session = withCookie(cookie);
    for (const path of ['/v1/sources', '/v1/events', '/api/deliveries']) {
      expect((await session.call('GET', path)).status).toBe(200);
    }
    expect((await session.call('POST', '/v1/events', { type: 'a', payload: 1 })).status).toBe(202);
  });

  test('is stored as a hash', async () => {
    const tenant = await world().tenant();
    const { cookie } = await startSession(tenant.key);
    const [, token = 'none'] = cookie.split('=');
    expect((await world().table.allKeys()).join('\n')).not.toContain(token);
  });

  test('says who is calling, as a key does', async () => {
    const tenant = await world().tenant();
    const { cookie } = await startSession(tenant.key);
    const whole = { org_name: tenant.names.organization, env_name: tenant.names.environment, key_name: 'test' };
    const scopes = ['read', 'write', 'delete'];
    expect((await withCookie(cookie).call('GET', '/v1/session')).body).toMatchObject({
      session: { ...whole, scopes, authenticated_by: 'session', expires_on: expect.any(String) },
    });
    expect((await tenant.api.call('GET', '/v1/session')).body).toMatchObject({
      session: { ...whole, scopes, authenticated_by: 'api_key', expires_on: null },
    });
  });

  test('ends when it is ended, and leaves others of the key alone', async () => {
    const tenant = await world().tenant();
    const [one, other] = [await startSession(tenant.key), await startSession(tenant.key)];
    const ended = await withCookie(one.cookie).call('DELETE', '/v1/session');
    expect(ended).toMatchObject({ status: 200, body: { ended: true } });
    expect(ended.headers.get('set-cookie')).toContain('Max-Age=0');
    await eventually('its end', async () => (await withCookie(one.cookie).call('GET', '/v1/sources')).status === 401);
    expect((await withCookie(other.cookie).call('GET', '/v1/sources')).status).toBe(200);
  });

  test('ends with its key', async () => {
    const tenant = await world().tenant();
    const { secret, id } = await world().key(tenant.names);
    const { cookie } = await startSession(secret);
    expect((await withCookie(cookie).call('GET', '/v1/sources')).status).toBe(200);
    expect((await tenant.api.call('DELETE', `/v1/api-keys/${id}`)).status).toBe(200);
    await eventually('its end', async () => (await withCookie(cookie).call('GET', '/v1/sources')).status === 401);
  });

  test('has the scopes of its key, does not outlive it, and starts no other session', async () => {
    const tenant = await world().tenant();
    const expiresOn = new Date(Date.now() + 60_000).toISOString();
    const { secret } = await world().key({ ...tenant.names, scopes: ['read'], expiresOn });
    const { cookie, body } = await startSession(secret);
    expect(body).toMatchObject({ session: { expires_on: expiresOn, scopes: ['read'] } });
    expect((await withCookie(cookie).call('POST', '/v1/sources', { name: 'x' })).status).toBe(403);
    expect((await withCookie(cookie).call('POST', '/v1/session')).status).toBe(403);
  });

  test('is not to be had without a valid key, nor ended where there is none', async () => {
    for (const key of ['phk_unknown', '']) expect((await startSession(key)).status).toBe(401);
    for (const cookie of ['better-auth.session_token=', 'better-auth.session_token=phs_forged', 'other=1']) {
      expect((await withCookie(cookie).call('GET', '/v1/session')).status).toBe(401);
    }
    const tenant = await world().tenant();
    expect((await tenant.api.call('DELETE', '/v1/session')).status).toBe(400);
  });
});

describe.concurrent('API keys over HTTP', () => {
  test('show their secret once, work at once, and stop working when they are deleted', async () => {
    const tenant = await world().tenant();
    const json = { name: 'ci', scopes: ['read'], expires_on: '2099-01-01', rate_limit: { per_second: 5, burst: 10 } };
    const { api_key: made } = await tenant.api.ok(newKey, 'POST', '/v1/api-keys', { json });
    expect(made).toMatchObject({ ...json, expires_on: '2099-01-01T00:00:00.000Z', env_id: tenant.environment });
    const client = new Api(world().stack.apiUrl, made.secret);
    expect((await client.call('GET', '/v1/sources')).status).toBe(200);
    expect((await client.call('POST', '/v1/sources', { json: { name: 'x' } })).status).toBe(403);
    const { api_keys } = await tenant.api.ok(keyList, 'GET', '/v1/api-keys');
    expect(api_keys).toMatchObject([{ id: made.id, revoked_at: null }, { name: 'test' }]);
    expect(JSON.stringify(api_keys)).not.toMatch(/secret|hash|phk_/);
    const deleted = await tenant.api.call('DELETE', `/v1/api-keys/${made.id}`);
    expect(deleted.body).toEqual({ id: made.id, revoked: true });
    await eventually('its end', async () => (await client.call('GET', '/v1/sources')).status === 401);
  });

  test('give away no scope, no time and no rate that the caller does not have', async () => {
    const { names } = await world().tenant();
    const expiresOn = new Date(Date.now() + 3_600_000).toISOString();
    const rateLimit = { perSecond: 50, burst: 100 };
    const { secret } = await world().key({ ...names, scopes: ['read', 'write'], expiresOn, rateLimit });
    const caller = new Api(world().stack.apiUrl, secret);
    const make = (json: object) => caller.call('POST', '/v1/api-keys', { json: { name: 'x', ...json } });
    expect((await make({ scopes: ['read', 'delete'] })).status).toBe(403);
    expect((await make({ expires_on: '2099-01-01' })).status).toBe(400);
    expect((await make({ rate_limit: { per_second: 1000, burst: 100 } })).status).toBe(403);
    const inherited = { scopes: ['read', 'write'], expires_on: expiresOn, rate_limit: { per_second: 50, burst: 100 } };
    expect((await make({})).body).toMatchObject({ api_key: inherited });
  });

  test('of an environment stay in it; of the organization are made for any of its environments', async () => {
    const tenant = await world().tenant();
    const neighbour = await world().tenant(tenant.names.organization);
    const json = { name: 'x', environment: neighbour.names.environment };
    expect((await tenant.api.call('POST', '/v1/api-keys', { json })).status).toBe(400);
    const { secret } = await world().key({ organization: tenant.names.organization });
    const whole = new Api(world().stack.apiUrl, secret);
    const { api_key: made } = await whole.ok(newKey, 'POST', '/v1/api-keys', { json });
    expect(made).toMatchObject({ env_id: neighbour.environment });
    const byId = { name: 'x', env_id: tenant.environment };
    const { api_key: other } = await whole.ok(newKey, 'POST', '/v1/api-keys', { json: byId });
    expect(other).toMatchObject({ env_id: tenant.environment });
    const unknown = await whole.call('POST', '/v1/api-keys', { json: { name: 'x', env_id: 'nowhere' } });
    expect(unknown).toMatchObject({ status: 400, body: { error: expect.stringMatching(/^env_id: /) } });
    expect((await whole.call('POST', '/v1/api-keys', { json: { name: 'x', environment: 'nowhere' } })).status).toBe(
      400,
    );
    for (const body of [{ name: 'all' }, { name: 'all', env_id: 'default' }])
      expect((await whole.ok(newKey, 'POST', '/v1/api-keys', { json: body })).api_key.env_id).toBeNull();
    expect((await whole.ok(keyList, 'GET', '/v1/api-keys')).api_keys).toHaveLength(7);
    expect((await tenant.api.ok(keyList, 'GET', '/v1/api-keys')).api_keys).toHaveLength(2);
    expect((await tenant.api.call('DELETE', `/v1/api-keys/${made.id}`)).status).toBe(404);
  });
});
