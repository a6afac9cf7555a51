import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { eventually } from './support/eventually';
import { answer, type Behaviour, inTurn } from './support/receiver';
import { keyOfDelivery } from './support/table';
import type { Tenant } from './support/tenant';
import { useOwnWorld } from './support/world';

const world = useOwnWorld();

const letters = z.object({ data: z.array(z.object({ id: z.string(), deliveryId: z.string(), error: z.string() })) });

const deadLetters = async (tenant: Tenant) =>
  (await tenant.api.ok(letters, 'GET', '/api/deliveries/dead-letter?pageSize=100')).data;

const depth = () => world().queues.depth('dead');

const sweep = () => world().stack.invoke('sweep', {});

/** So often no breaker opens. */
const everyOtherFails: Behaviour = (response, { body }) => {
  response.writeHead(JSON.parse(body.toString('utf8')).n % 2 === 0 ? 500 : 200).end();
};

const only = (to: string) => ({ filter_rules: [{ field: 'body.to', operator: 'eq', value: to }] });

async function publishTo(tenant: Tenant, to: string, events: number): Promise<void> {
  const payloads = Array.from({ length: events }, (_, n) => ({ payload: { to, n } }));
  for (let start = 0; start < events; start += 100) await tenant.publishBatch(payloads.slice(start, start + 100));
}

/** A tenant whose events die at the first attempt, until the receiver behaves otherwise. */
async function scene(...afterwards: Behaviour[]) {
  const receiver = await world().receiver(inTurn(answer(500), ...afterwards));
  const tenant = await world().tenant();
  await tenant.routeTo(receiver.url);
  return { receiver, tenant };
}

/** An event that died, with its message in the dead-letter queue. */
async function death(tenant: Tenant) {
  const eventId = await tenant.publish();
  const { id } = await tenant.reached(eventId, 'failed');
  await world().queues.untilDead(id);
  const letter = (await deadLetters(tenant)).find(({ deliveryId }) => deliveryId === id);
  return { eventId, id, letterId: letter?.id ?? '' };
}

const inQueue = async (id: string) => (await world().queues.deadBodies()).some((body) => body.includes(id));

// One after another: there is one dead-letter queue.
describe('the sweep', () => {
  test('takes messages out of the dead-letter queue whose dead letters were closed, and leaves the others', async () => {
    const { receiver, tenant } = await scene();
    const [open, discarded, requeued] = [await death(tenant), await death(tenant), await death(tenant)];
    const [retried, replayed] = [await death(tenant), await death(tenant)];
    receiver.behave(answer(200));
    const { api } = tenant;
    const letter = '/api/deliveries/dead-letter';
    const removal = { method: 'DELETE', headers: { 'x-api-key': tenant.key } };
    expect((await fetch(`${api.url}${letter}/${discarded.letterId}`, removal)).status).toBe(204);
    expect((await api.call('POST', `${letter}/${requeued.letterId}/requeue`)).status).toBe(200);
    expect((await tenant.retry(retried.id)).status).toBe(200);
    const bulk = await api.call('POST', '/api/deliveries/bulk-replay', { json: { deliveryIds: [replayed.id] } });
    expect(bulk.status).toBe(200);
    await tenant.reached(retried.eventId, 'delivered');
    await tenant.reached(replayed.eventId, 'delivered');
    await sweep();
    expect(await world().queues.depth('dead')).toBe(1);
    expect(await inQueue(open.id)).toBe(true);
    expect((await deadLetters(tenant)).map(({ deliveryId }) => deliveryId)).toEqual([open.id]);
    await world().queues.redrive();
    expect(await tenant.reached(open.eventId, 'delivered')).toMatchObject({ attemptCount: 1 });
  });

  test('reports messages that Posthorn did not write, and leaves them where they are', async () => {
    await world().queues.purgeDead();
    const messageId = await world().queues.sendDead('{"from": "somebody else"}');
    expect(await sweep()).toMatchObject({ deadLetters: { seen: 1, removed: 0, foreign: 1 } });
    expect(await world().queues.deadBodies()).toEqual(['{"from": "somebody else"}']);
    const lines = world().stack.logs('sweep');
    const line = lines.find((one) => one.includes('foreign message') && one.includes(messageId));
    expect(line).toContain('its body cannot be read');
    await world().queues.purgeDead();
  });

  test('records the death of a delivery whose worker never could, so that its message can be redriven', async () => {
    const { tenant, receiver } = await scene();
    receiver.behave(answer(200));
    world().stack.pauseMapping('deliver');
    const eventId = await tenant.publish();
    const { id } = await tenant.reached(eventId, 'pending');
    await eventually('SQS to move the message', async () => {
      await world().queues.receiveOnce();
      return inQueue(id);
    });
    await sweep();
    expect(await tenant.reached(eventId, 'pending')).toMatchObject({ attemptCount: 0 });
    await world().table.change(keyOfDelivery(id), { updatedAt: Date.now() - 3_600_000 });
    await sweep();
    expect(await tenant.reached(eventId, 'failed')).toMatchObject({ attemptCount: 1 });
    expect(await deadLetters(tenant)).toMatchObject([
      { deliveryId: id, error: expect.stringContaining('The worker failed each time') },
    ]);
    expect(await inQueue(id)).toBe(true);
    expect(receiver.requests).toHaveLength(0);
    world().stack.resumeMapping('deliver');
    await world().queues.redrive();
    expect(await tenant.reached(eventId, 'delivered')).toMatchObject({ attemptCount: 1 });
    expect(await deadLetters(tenant)).toEqual([]);
    expect(receiver.requests).toHaveLength(1);
  });

  test('gets to the messages of the destination that has most of them, which a fair queue hands out last', async () => {
    await world().queues.purgeDead();
    const tenant = await world().tenant();
    const [loud, quiet] = [await world().receiver(everyOtherFails), await world().receiver(everyOtherFails)];
    const { destinationId } = await tenant.routeTo(loud.url, { connection: only('loud') });
    await tenant.routeTo(quiet.url, { connection: only('quiet') });
    await publishTo(tenant, 'loud', 260);
    await publishTo(tenant, 'quiet', 80);
    const total = async (query: object) => (await tenant.deliveries({ ...query })).pagination.total;
    const failed = (query: object = {}) => total({ status: 'failed', ...query });
    await eventually(
      'everything to be delivered or dead',
      async () =>
        (await total({ status: 'delivered' })) + (await failed()) === 340 && (await depth()) === (await failed()),
      120_000,
    );
    loud.behave(answer(200));
    for (;;) {
      const { data } = await tenant.deliveries({ status: 'failed', destinationId, pageSize: 100 });
      if (data.length === 0) break;
      const json = { deliveryIds: data.map(({ id }) => id) };
      expect(await tenant.api.call('POST', '/api/deliveries/bulk-replay', { json })).toMatchObject({ status: 200 });
    }
    await eventually(
      'all of them to be delivered',
      async () => (await total({ status: 'delivered', destinationId })) === 260,
      60_000,
    );
    const quietFailed = await failed();
    expect(quietFailed).toBeGreaterThanOrEqual(40);
    await sweep();
    expect(await depth()).toBe(quietFailed);
    await world().queues.purgeDead();
  }, 240_000);
});
