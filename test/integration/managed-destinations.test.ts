import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { environmentPk } from '../../lambdas/store/table/addresses';
import { eventually } from './support/eventually';
import { connectionBody, destinationBody } from './support/factories';
import { answer } from './support/receiver';
import type { Tenant } from './support/tenant';
import { useOwnWorld } from './support/world';

const world = useOwnWorld();
const NOWHERE = 'http://127.0.0.1:9/';

const get = async (tenant: Tenant, path: string) => (await tenant.api.call('GET', path)).body;
const patch = (tenant: Tenant, path: string, json: unknown) => tenant.api.call('PATCH', path, { json });
const remove = (tenant: Tenant, path: string) => tenant.api.call('DELETE', path);

describe.concurrent('a destination', () => {
  test('is changed in every member, and shows no credential', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver()];
    const { destinationId: id } = await tenant.routeTo(NOWHERE);
    const change = {
      ...{ name: 'Depot', slug: 'depot', url: receiver.url, method: 'PUT', timeout_ms: 2000 },
      headers: { 'X-Team': 'logistics', 'X-Token': 'secret' },
      ...{ auth_type: 'bearer_token', auth_config: { token: 'ey-secret' } },
      retry_policy: { max_attempts: 2, schedule: [1] },
    };
    const changed = await patch(tenant, `/v1/destinations/${id}`, change);
    const { auth_config: _, ...shown } = { ...change, headers: { 'x-team': 'logistics', 'x-token': '***' } };
    expect(changed).toMatchObject({ status: 200, body: { destination: shown } });
    expect(JSON.stringify(changed.body)).not.toContain('secret');
    await tenant.publish();
    const [request] = await eventually('a request', () => receiver.requests.length > 0 && receiver.requests);
    expect(request).toMatchObject({
      method: 'PUT',
      headers: { authorization: 'Bearer ey-secret', 'x-token': 'secret' },
    });
  });

  test('keeps its credentials when a client sends back what it was shown', async () => {
    const tenant = await world().tenant();
    const secrets = {
      headers: { 'X-Token': 'secret' },
      auth_type: 'bearer_token',
      auth_config: { token: 'ey-secret' },
    };
    const { id } = await tenant.createDestination(NOWHERE, secrets);
    const { destination } = z
      .object({ destination: z.looseObject({}) })
      .parse(await get(tenant, `/v1/destinations/${id}`));
    expect((await patch(tenant, `/v1/destinations/${id}`, { ...destination, name: 'Same' })).status).toBe(200);
    const stored = await world().table.get({ pk: environmentPk(tenant.environment), sk: `DST#${id}` });
    expect(stored).toMatchObject({ name: 'Same', headers: { 'x-token': 'secret' }, auth: { token: 'ey-secret' } });
  });

  test('is paused and resumed by its status', async () => {
    const tenant = await world().tenant();
    const receiver = await world().receiver();
    const { destinationId: id } = await tenant.routeTo(receiver.url);
    await patch(tenant, `/v1/destinations/${id}`, { status: 'paused' });
    expect(await get(tenant, `/v1/destinations/${id}/circuit`)).toMatchObject({
      circuit: { circuit_state: 'open', pending_retries: 0, opened_at: expect.any(String) },
    });
    const event = await tenant.publish();
    await tenant.reached(event, 'circuit_open');
    expect(await get(tenant, `/v1/destinations/${id}/circuit`)).toMatchObject({ circuit: { pending_retries: 1 } });
    await patch(tenant, `/v1/destinations/${id}`, { status: 'active' });
    await world().stack.invoke('sweep', {});
    await eventually('the parked delivery', async () => {
      await world().stack.invoke('sweep', {});
      return receiver.requests.length === 1;
    });
  });

  test('that is deleted disappears with its connections, and its history keeps its name and URL', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver()];
    const { destinationId: id, connectionId } = await tenant.routeTo(receiver.url);
    const event = await tenant.publish();
    const { id: delivery } = await tenant.reached(event, 'delivered');
    expect((await remove(tenant, `/v1/destinations/${id}`)).body).toEqual({ id, deleted: true });
    expect(await get(tenant, '/v1/destinations')).toMatchObject({ destinations: [], pagination: { total: 0 } });
    expect(await get(tenant, '/v1/connections')).toMatchObject({ connections: [], pagination: { total: 0 } });
    for (const path of [
      `/v1/destinations/${id}`,
      `/v1/connections/${connectionId}`,
      `/v1/destinations/${id}/circuit`,
    ]) {
      expect((await tenant.api.call('GET', path)).status).toBe(404);
    }
    const named = { destination: { id, name: 'Warehouse', url: receiver.url } };
    expect(await get(tenant, `/api/deliveries/${delivery}`)).toMatchObject(named);
    for (const filter of ['', `?destinationId=${id}`, `?routeId=${connectionId}`]) {
      expect(await get(tenant, `/api/deliveries${filter}`)).toMatchObject({ data: [{ id: delivery, ...named }] });
    }
    const kept = await world().table.get({ pk: environmentPk(tenant.environment), sk: `GONE#${id}` });
    expect(JSON.stringify(kept)).not.toContain('whsec_');
    const json = connectionBody(id);
    expect(await tenant.api.call('POST', '/v1/connections', { json })).toMatchObject({
      status: 400,
      body: { error: 'destination_id: names no destination of this environment' },
    });
  });

  test('that is deleted lets its waiting deliveries fail, and says why', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver(answer(500))];
    const destination = { retry_policy: { max_attempts: 5, schedule: [7] } };
    const { destinationId: id } = await tenant.routeTo(receiver.url, { destination });
    const event = await tenant.publish();
    await tenant.reached(event, 'retrying');
    await remove(tenant, `/v1/destinations/${id}`);
    const failed = await tenant.reached(event, 'failed');
    // On a slow machine it was tried again before it was deleted; the last attempt makes no request.
    const attemptCount = receiver.requests.length + 1;
    expect(failed).toMatchObject({ error: 'The destination was deleted', attemptCount });
  });
});

test('deliveries that are parked when their destination is deleted fail instead of waiting for ever', async () => {
  const [tenant, receiver] = [await world().tenant(), await world().receiver()];
  const { destinationId: id } = await tenant.routeTo(receiver.url);
  await tenant.pause(id);
  const event = await tenant.publish();
  await tenant.reached(event, 'circuit_open');
  await remove(tenant, `/v1/destinations/${id}`);
  await eventually('a failed event', async () => {
    // A warm worker may park it once more by an old reading of the destination.
    await world().stack.invoke('sweep', {});
    return (await tenant.eventStatus(event)) === 'failed';
  });
  expect(await tenant.reached(event, 'failed')).toMatchObject({ error: 'The destination was deleted' });
  expect(receiver.requests).toHaveLength(0);
});

test('a destination body of any kind of authentication is complete or refused', async () => {
  const tenant = await world().tenant();
  for (const auth_type of ['basic', 'bearer_token', 'api_key']) {
    const json = destinationBody(NOWHERE, { auth_type });
    expect(await tenant.api.call('POST', '/v1/destinations', { json })).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining(`is required by auth_type ${auth_type}`) },
    });
  }
});
