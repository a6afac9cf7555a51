import { describe, expect, test } from 'vitest';
import { eventually } from './support/eventually';
import { eventBody, sourceBody } from './support/factories';
import type { Tenant } from './support/tenant';
import { useWorld } from './support/world';

const world = useWorld();
const NOWHERE = 'http://127.0.0.1:9/';

const get = async (tenant: Tenant, path: string) => (await tenant.api.call('GET', path)).body;
const patch = (tenant: Tenant, path: string, json: unknown) => tenant.api.call('PATCH', path, { json });
const remove = (tenant: Tenant, path: string) => tenant.api.call('DELETE', path);

describe.concurrent('a source', () => {
  test('is changed member by member, and null takes a value away', async () => {
    const tenant = await world().tenant();
    const id = await tenant.createSource({ template: 'github' });
    const { status, body } = await patch(tenant, `/v1/sources/${id}`, { name: 'Forge', status: 'disabled' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ source: { id, name: 'Forge', slug: 'shop', template: 'github', status: 'disabled' } });
    await patch(tenant, `/v1/sources/${id}`, { template: null });
    expect(await get(tenant, `/v1/sources/${id}`)).toMatchObject({ source: { name: 'Forge', template: null } });
  });

  test('that is disabled takes no events, and that is deleted has no address any more', async () => {
    const tenant = await world().tenant();
    const id = await tenant.createSource();
    const send = async () => (await tenant.api.call('POST', `/v1/ingest/${id}`, { raw: '{}' })).status;
    expect(await send()).toBe(202);
    await patch(tenant, `/v1/sources/${id}`, { status: 'disabled' });
    await eventually('a refusal', async () => (await send()) === 403);
    expect((await remove(tenant, `/v1/sources/${id}`)).body).toEqual({ id, deleted: true });
    await eventually('an address that is gone', async () => (await send()) === 404);
    expect((await remove(tenant, `/v1/sources/${id}`)).status).toBe(404);
    expect(await get(tenant, '/v1/sources')).toEqual({ sources: [] });
  });

  test('that is deleted takes its connections along, and its events keep its name', async () => {
    const tenant = await world().tenant();
    const source = await tenant.createSource({ name: 'Old shop' });
    const { id: destination } = await tenant.createDestination(NOWHERE);
    await tenant.connect(destination, { source_id: source });
    const other = await tenant.connect(destination);
    const event = await tenant.publish({ source_id: source });
    await remove(tenant, `/v1/sources/${source}`);
    expect(await get(tenant, '/v1/connections')).toMatchObject({ connections: [{ id: other }] });
    expect(await get(tenant, `/v1/events/${event}`)).toMatchObject({
      event: { source_id: source, source_name: 'Old shop' },
    });
    const named = await tenant.api.call('POST', '/v1/events', { json: eventBody({ source_id: source }) });
    expect(named.status).toBe(400);
  });

  test('refuses settings about its sender that mean nothing together, by the field', async () => {
    const tenant = await world().tenant();
    const secret = { verification_secret: 'long enough' };
    const cases: [object, string][] = [
      [{ verification_type: 'hmac' }, 'verification_type'],
      [{ verification_enabled: true }, 'verification_type'],
      [{ verification_type: 'github' }, 'verification_secret'],
      [{ verification_type: 'hmac-sha256', ...secret }, 'verification_header'],
      [{ verification_type: 'github', verification_header: 'x-other', ...secret }, 'verification_header'],
      [
        { verification_type: 'github', verification_tolerance_seconds: 60, ...secret },
        'verification_tolerance_seconds',
      ],
      [{ verification_type: 'standard', ...secret }, 'verification_secret'],
      [{ verification_type: 'github', verification_secret: 'short' }, 'verification_secret'],
      [{ verification_type: 'github', verification_secrets: ['long enough'], ...secret }, 'verification_secrets'],
      [{ verification: { type: 'github' } }, 'verification'],
      [{ dedup_enabled: true }, 'dedup_strategy'],
      [{ dedup_strategy: 'magic' }, 'dedup_strategy'],
      [{ dedup_strategy: 'header' }, 'dedup_header'],
      [{ dedup_strategy: 'body', dedup_header: 'x-id' }, 'dedup_header'],
      [{ dedup_strategy: 'body', dedup_window_seconds: 0 }, 'dedup_window_seconds'],
    ];
    const id = await tenant.createSource();
    for (const [settings, field] of cases) {
      const answer = { status: 400, body: { error: expect.stringMatching(new RegExp(`^${field}:`)) } };
      expect(await tenant.api.call('POST', '/v1/sources', { json: sourceBody(settings) })).toMatchObject(answer);
      expect(await patch(tenant, `/v1/sources/${id}`, settings)).toMatchObject(answer);
    }
    const off = { verification_enabled: false, verification_type: null, dedup_enabled: false };
    expect((await tenant.api.call('POST', '/v1/sources', { json: sourceBody(off) })).status).toBe(201);
  });
});

describe.concurrent('a connection', () => {
  test('is changed, and the next event follows the change', async () => {
    const [tenant, one, other] = [await world().tenant(), await world().receiver(), await world().receiver()];
    const { connectionId } = await tenant.routeTo(one.url);
    const { id: second } = await tenant.createDestination(other.url);
    const source = await tenant.createSource();
    const filter_rules = [{ field: 'type', operator: 'eq', value: 'order.created' }];
    const change = { name: 'Moved', destination_id: second, source_id: source, filter_rules, description: 'x' };
    const changed = await patch(tenant, `/v1/connections/${connectionId}`, change);
    expect(changed.body).toMatchObject({
      connection: { ...change, filter_rules: JSON.stringify(filter_rules), source_name: 'Shop' },
    });
    await tenant.reached(await tenant.publish({ source_id: source }), 'delivered');
    expect([one.requests.length, other.requests.length]).toEqual([0, 1]);
    await patch(tenant, `/v1/connections/${connectionId}`, { source_id: null, filter_rules: null });
    await tenant.reached(await tenant.publish({ type: 'anything' }), 'delivered');
    expect(other.requests).toHaveLength(2);
  });

  test('matches nothing from the moment it is deleted or disabled', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver()];
    const { destinationId, connectionId } = await tenant.routeTo(receiver.url);
    const second = await tenant.connect(destinationId);
    expect((await remove(tenant, `/v1/connections/${connectionId}`)).status).toBe(200);
    await patch(tenant, `/v1/connections/${second}`, { enabled: false });
    const event = await tenant.publish();
    await eventually('an unrouted event', async () => (await tenant.eventStatus(event)) === 'no_routes');
    expect(receiver.requests).toHaveLength(0);
  });
});
