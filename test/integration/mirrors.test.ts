import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { unpackDetail } from '../../lambdas/store/deliveries/attempt-detail';
import { destinationKey } from '../../lambdas/store/table/addresses';
import { eventually } from './support/eventually';
import { destinationBody, retryEvery } from './support/factories';
import { answer, inTurn, type Receiver } from './support/receiver';
import type { Tenant } from './support/tenant';
import { useOwnWorld } from './support/world';

const world = useOwnWorld();

const LETTERS = '/api/deliveries/dead-letter';
const letters = z.object({ data: z.array(z.object({ id: z.string(), deliveryId: z.string() })) });
const stats = z.looseObject({ failed: z.number(), total: z.number() });

const counts = (...receivers: readonly Receiver[]) => receivers.map(({ requests }) => requests.length);

/** A destination with two mirrors, of which the second answers 500 until it is told otherwise. */
async function mirrored(attempts = 1) {
  const tenant = await world().tenant();
  const [one, two, three] = [await world().receiver(), await world().receiver(), await world().receiver(answer(500))];
  const destination = { mirror_urls: [two.url, three.url], ...retryEvery(1, attempts) };
  const { destinationId } = await tenant.routeTo(one.url, { destination });
  return { tenant, destinationId, receivers: [one, two, three], failing: three };
}

const letterOf = async (tenant: Tenant) => {
  const { data } = await tenant.api.ok(letters, 'GET', LETTERS);
  return data[0]?.id ?? '';
};

describe.concurrent('a destination with mirrors', () => {
  test('shows them, takes others and gives them up', async () => {
    const tenant = await world().tenant();
    const { id } = await tenant.createDestination('https://one.example/', { mirror_urls: ['https://two.example/'] });
    const path = `/v1/destinations/${id}`;
    const shown = (mirrors: readonly string[]) => ({ status: 200, body: { destination: { mirror_urls: mirrors } } });
    expect(await tenant.api.call('GET', path)).toMatchObject(shown(['https://two.example/']));
    const three = { json: { mirror_urls: ['https://three.example/', 'https://two.example/'] } };
    expect(await tenant.api.call('PATCH', path, three)).toMatchObject(
      shown(['https://three.example/', 'https://two.example/']),
    );
    const clash = await tenant.api.call('PATCH', path, { json: { url: 'https://THREE.example' } });
    expect(clash).toMatchObject({ status: 400, body: { error: expect.stringMatching(/^mirror_urls: /) } });
    expect(await tenant.api.call('PATCH', path, { json: { name: 'Same' } })).toMatchObject(
      shown(['https://three.example/', 'https://two.example/']),
    );
    expect(await tenant.api.call('PATCH', path, { json: { mirror_urls: null } })).toMatchObject(shown([]));
    const json = destinationBody('https://one.example/', { mirror_urls: [] });
    expect(await tenant.api.call('POST', '/v1/destinations', { json })).toMatchObject({
      status: 201,
      body: { destination: { mirror_urls: [] } },
    });
  });

  test('delivers the same signed request to each, and retries only where it was not accepted', async () => {
    const { tenant, receivers, failing } = await mirrored(3);
    failing.behave(inTurn(answer(503), answer(200)));
    const delivery = await tenant.reached(await tenant.publish(), 'delivered');
    expect(counts(...receivers)).toEqual([1, 1, 2]);
    expect(delivery).toMatchObject({ attemptCount: 2, statusCode: 200, error: null });
    const first = delivery.attempts?.find(({ attemptNumber }) => attemptNumber === 1);
    expect(first).toMatchObject({
      statusCode: 503,
      error: 'Service Unavailable (accepted by 2 of 3 targets)',
    });
    const [one, two] = receivers.map(({ requests }) => requests[0]);
    expect(two?.body).toEqual(one?.body);
    const { host: _, ...headers } = one?.headers ?? {};
    expect(two?.headers).toMatchObject(headers);
    expect(await world().table.delivery(delivery.id)).not.toHaveProperty('accepted');
  });

  test('ends partial with a dead letter when some never accepted, in the words of each surface', async () => {
    const { tenant, destinationId, receivers } = await mirrored();
    const event = await tenant.publish();
    const { id } = await tenant.reached(event, 'partial');
    expect(counts(...receivers)).toEqual([1, 1, 1]);
    expect(await tenant.eventStatus(event)).toBe('partial');
    expect((await tenant.deliveries({ status: 'partial', destinationId })).data).toMatchObject([{ id }]);
    const organization = (await tenant.api.ok(session, 'GET', '/v1/session')).session.org_id;
    expect(await tenant.api.call('GET', `/api/organizations/${organization}/deliveries/${id}`)).toMatchObject({
      body: { status: 'failed' },
    });
    expect(await tenant.api.call('GET', `/v1/delivery-attempts?event_id=${event}&is_dlq=1`)).toMatchObject({
      body: { delivery_attempts: [{ status: 'failed' }] },
    });
    expect(await tenant.api.call('GET', `/v1/delivery/items?event_id=${event}`)).toMatchObject({
      body: { items: [{ status: 'failed', http_status: 500 }] },
    });
    expect(await letterOf(tenant)).toMatch(/^dlq_/);
  });

  test('is counted as partial when some never accepted', async () => {
    const { tenant } = await mirrored();
    await tenant.reached(await tenant.publish(), 'partial');
    await eventually('the delivery in the statistics', async () => {
      const { failed, total } = await tenant.api.ok(stats, 'GET', '/api/deliveries/stats?period=1h');
      return failed === 1 && total === 1;
    });
    expect(await tenant.deliveries({ status: 'partial' })).toMatchObject({
      pagination: { total: 1, total_is_exact: true },
    });
  });

  test('is retried by hand only where it was not accepted, and then is delivered', async () => {
    const { tenant, receivers, failing } = await mirrored();
    const { id } = await tenant.reached(await tenant.publish(), 'partial');
    failing.behave(answer(200));
    expect((await tenant.retry(id)).status).toBe(200);
    await eventually('the delivery', async () => (await tenant.delivery(id)).status === 'delivered');
    expect(counts(...receivers)).toEqual([1, 1, 2]);
    expect((await tenant.api.ok(letters, 'GET', LETTERS)).data).toEqual([]);
  });

  test('is delivered to all again when its dead letter is requeued: that is a new delivery', async () => {
    const { tenant, receivers, failing } = await mirrored();
    const event = await tenant.publish();
    await tenant.reached(event, 'partial');
    failing.behave(answer(200));
    expect((await tenant.api.call('POST', `${LETTERS}/${await letterOf(tenant)}/requeue`)).status).toBe(200);
    await eventually('the new delivery', async () =>
      (await tenant.deliveries({ eventId: event })).data.some(({ status }) => status === 'delivered'),
    );
    expect(counts(...receivers)).toEqual([2, 2, 2]);
  });

  test('is judged mirror by mirror when it is saved and when it is sent to', async () => {
    const tenant = await world().tenant();
    const receiver = await world().receiver();
    const { destinationId } = await tenant.routeTo(receiver.url, {
      destination: { mirror_urls: ['http://127.0.0.1:9/'] },
    });
    const forbidden = ['http://169.254.169.254/', 'http://[64:ff9b::a00:1]/'];
    await world().table.change(destinationKey(tenant.environment, destinationId), { mirrorUrls: forbidden });
    const { id } = await tenant.reached(await tenant.publish(), 'partial');
    const { first } = z
      .object({ first: z.looseObject({ detail: z.instanceof(Uint8Array) }) })
      .parse(await world().table.delivery(id));
    expect(first).toMatchObject({
      errorCode: 'address_blocked',
      errorMessage: 'The address is not public (accepted by 1 of 3 targets)',
    });
    expect(unpackDetail(first.detail).targets).toMatchObject([
      { url: receiver.url, statusCode: 200 },
      ...forbidden.map((url) => ({ url, errorCode: 'address_blocked' })),
    ]);
    const refused = await tenant.api.call('POST', '/v1/destinations', {
      json: destinationBody(receiver.url, { mirror_urls: ['http://169.254.169.254/'] }),
    });
    expect(refused).toMatchObject({ status: 400, body: { error: expect.stringMatching(/^mirror_urls\[0\]: /) } });
  });
});

// Not beside the others: a redrive moves every message that is in the dead-letter queue.
describe('a partial delivery', () => {
  test('that is redriven from the dead-letter queue goes only where it was not accepted', async () => {
    const { tenant, receivers, failing } = await mirrored();
    const { id } = await tenant.reached(await tenant.publish(), 'partial');
    await eventually('its message in the dead-letter queue', async () => (await world().queues.depth('dead')) > 0);
    await world().queues.untilEmpty('delivery');
    failing.behave(answer(200));
    await world().queues.redrive();
    await eventually('the delivery', async () => (await tenant.delivery(id)).status === 'delivered');
    expect(counts(...receivers)).toEqual([1, 1, 2]);
  });
});

const session = z.object({ session: z.object({ org_id: z.string() }) });
