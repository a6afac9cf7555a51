import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { eventually } from './support/eventually';
import { retryEvery } from './support/factories';
import { answer } from './support/receiver';
import type { Tenant } from './support/tenant';
import { useOwnWorld } from './support/world';

const world = useOwnWorld();

const letters = z.object({ data: z.array(z.object({ id: z.string(), deliveryId: z.string() })) });
const LETTERS = '/api/deliveries/dead-letter';

const deadLetters = async (tenant: Tenant) =>
  (await tenant.api.ok(letters, 'GET', `${LETTERS}?pageSize=100`)).data.map(({ deliveryId }) => deliveryId).sort();

/** Events of a tenant that died at their first attempt, with all their messages in the dead-letter queue. */
async function deaths(count: number) {
  await world().queues.untilEmpty('delivery');
  await world().queues.purgeDead();
  const [tenant, receiver] = [await world().tenant(), await world().receiver(answer(500))];
  await tenant.routeTo(receiver.url);
  const eventIds = await tenant.publishBatch(Array.from({ length: count }, (_, n) => ({ payload: { n } })));
  const dead = await Promise.all(eventIds.map((eventId) => tenant.reached(eventId, 'failed')));
  await untilMoved(count);
  return { tenant, receiver, eventIds, ids: dead.map(({ id }) => id).sort() };
}

const untilMoved = (count: number) =>
  eventually(`${count} messages in the dead-letter queue`, async () => {
    const { queues } = world();
    return (await queues.depth('dead')) === count && (await queues.depth('delivery')) === 0;
  });

/** Outcomes of the messages that a redrive brought back, by what `deliver` logged since. */
const lastOutcome = (id: string) => world().handled(id).at(-1)?.outcome;

// One after another: a redrive moves every message that is in the dead-letter queue.
describe('a redrive', () => {
  test.each([
    [
      'deleted',
      async ({ api, key }: Tenant, letterId: string) => {
        const call = { method: 'DELETE', headers: { 'x-api-key': key } };
        return (await fetch(`${api.url}${LETTERS}/${letterId}`, call)).status;
      },
      204,
      'failed',
      1,
    ],
    [
      'requeued',
      async ({ api }: Tenant, letterId: string) => (await api.call('POST', `${LETTERS}/${letterId}/requeue`)).status,
      200,
      'failed',
      2,
    ],
    ['retried', async (tenant: Tenant, _: string, id: string) => (await tenant.retry(id)).status, 200, 'delivered', 2],
    [
      'replayed in bulk',
      async ({ api }: Tenant, _: string, id: string) =>
        (await api.call('POST', '/api/deliveries/bulk-replay', { json: { deliveryIds: [id] } })).status,
      200,
      'delivered',
      2,
    ],
    [
      'replayed as a delivery item',
      async ({ api }: Tenant, letterId: string) =>
        (await api.call('POST', `/v1/delivery/items/${letterId.slice('dlq_'.length)}/replay`)).status,
      200,
      'failed',
      2,
    ],
    [
      'retried as an attempt',
      async ({ api }: Tenant, letterId: string) =>
        (await api.call('POST', `/v1/delivery-attempts/${letterId.slice('dlq_'.length)}/retry`)).status,
      200,
      'delivered',
      2,
    ],
    [
      'retried with its whole event',
      async ({ api }: Tenant, _letter: string, _id: string, eventId: string) =>
        (await api.call('POST', `/v1/events/${eventId}/retry`)).status,
      200,
      'delivered',
      2,
    ],
  ] as const)('of a dead letter that was %s meanwhile makes no request', async (_, close, status, ends, requests) => {
    const {
      tenant,
      receiver,
      eventIds: [eventId = ''],
      ids: [id = ''],
    } = await deaths(1);
    receiver.behave(answer(200));
    const [letter] = (await tenant.api.ok(letters, 'GET', LETTERS)).data;
    expect(await close(tenant, letter?.id ?? '', id, eventId)).toBe(status);
    await eventually('what the closing started to end', () => receiver.requests.length === requests);
    await world().queues.untilEmpty('delivery');
    const before = world().handled(id).length;
    await world().queues.redrive();
    await eventually('the redriven message to be handled', () => world().handled(id).length === before + 1);
    expect(lastOutcome(id)).toBe('dropped');
    await world().queues.untilEmpty('dead');
    await world().queues.untilEmpty('delivery');
    expect(receiver.requests).toHaveLength(requests);
    expect((await tenant.delivery(id)).status).toBe(ends);
    expect(await deadLetters(tenant)).toEqual([]);
  });

  test('twice in a row starts a round each time, and one letter is open in between', async () => {
    const {
      tenant,
      receiver,
      eventIds: [eventId = ''],
      ids: [id = ''],
    } = await deaths(1);
    for (const round of [1, 2]) {
      await world().queues.redrive();
      await eventually(`the death of round ${round}`, () => receiver.requests.length === round + 1);
      await untilMoved(1);
      expect(await tenant.reached(eventId, 'failed')).toMatchObject({ attemptCount: 1 });
      expect(await deadLetters(tenant)).toEqual([id]);
    }
    receiver.behave(answer(200));
    await world().queues.redrive();
    expect((await tenant.reached(eventId, 'delivered')).attempts).toHaveLength(4);
    expect(await deadLetters(tenant)).toEqual([]);
    await world().queues.untilEmpty('dead');
  });

  test('started twice at the same time is refused once or finds nothing, and each delivery gets one round', async () => {
    const { tenant, receiver, eventIds } = await deaths(8);
    receiver.behave(answer(200));
    await Promise.allSettled([world().queues.redrive(), world().queues.redrive()]);
    for (const eventId of eventIds)
      expect(await tenant.reached(eventId, 'delivered')).toMatchObject({ attemptCount: 1 });
    await world().queues.untilEmpty('delivery');
    expect(receiver.requests).toHaveLength(16);
  });

  test('while deliveries fail loses none: every one is delivered or has its letter and its message', async () => {
    const { tenant, receiver, ids } = await deaths(10);
    const other = await world().receiver(answer(503));
    await tenant.routeTo(other.url, { destination: { name: 'Second', ...retryEvery(0, 2) } });
    const publishing = tenant.publishBatch(Array.from({ length: 10 }, (_, n) => ({ payload: { later: n } })));
    await world().queues.redrive();
    const later = await publishing;
    await world()
      .queues.redrive()
      .catch(() => undefined);
    // Ten that died before, ten that die of the first destination and ten of the second.
    const dead = await eventually('thirty open dead letters', async () => {
      const found = await deadLetters(tenant);
      return found.length === 30 && found;
    });
    expect(dead).toEqual(expect.arrayContaining(ids));
    await untilMoved(30);
    receiver.behave(answer(200));
    other.behave(answer(200));
    await world().queues.redrive();
    await eventually('all to be delivered', async () => {
      const { pagination } = await tenant.deliveries({ status: 'delivered' });
      return pagination.total === 30;
    });
    expect(later).toHaveLength(10);
    expect(await deadLetters(tenant)).toEqual([]);
    await world().queues.untilEmpty('dead');
    await world().queues.untilEmpty('delivery');
  });

  test('and the sweep at the same time end in the same state', async () => {
    const { tenant, receiver } = await deaths(20);
    receiver.behave(answer(200));
    const sweeping = Promise.all([1, 2, 3].map(() => world().stack.invoke('sweep', {})));
    await world().queues.redrive();
    await sweeping;
    // What a sweep had in hand when the redrive ended takes another one.
    await eventually('all to be delivered', async () => {
      await world()
        .queues.redrive()
        .catch(() => undefined);
      return (await tenant.deliveries({ status: 'delivered' })).pagination.total === 20;
    });
    expect(receiver.requests).toHaveLength(40);
    expect(await deadLetters(tenant)).toEqual([]);
  });
});
