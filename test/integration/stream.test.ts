import { describe, expect, test } from 'vitest';
import { connectionKey } from '../../lambdas/store/table/addresses';
import { eventually } from './support/eventually';
import { answer } from './support/receiver';
import { insertRecordOf } from './support/stream';
import { startWorld, useOwnWorld } from './support/world';

const world = useOwnWorld();

/** Has `route` process a record as the mapping does, once more. */
const routeAgain = async (...records: unknown[]) => world().stack.invoke('route', { Records: records });

const NONE_FAILED = { batchItemFailures: [] };

describe('a stream record that is processed again', () => {
  test('does not touch a delivery that was delivered', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver()];
    await tenant.routeTo(receiver.url);
    const eventId = await tenant.publish();
    await tenant.reached(eventId, 'delivered');
    const before = await world().table.family(eventId);
    const record = await insertRecordOf(world(), eventId);
    expect(await routeAgain(record)).toEqual(NONE_FAILED);
    expect(await routeAgain(record, record)).toEqual(NONE_FAILED);
    await world().queues.untilEmpty('delivery');
    expect(await world().table.family(eventId)).toEqual(before);
    expect(receiver.requests).toHaveLength(1);
  });

  test('does not bring a dead delivery back', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver(answer(500))];
    await tenant.routeTo(receiver.url);
    const eventId = await tenant.publish();
    await tenant.reached(eventId, 'failed');
    await world().queues.untilEmpty('delivery');
    const before = await world().table.family(eventId);
    expect(await routeAgain(await insertRecordOf(world(), eventId))).toEqual(NONE_FAILED);
    await world().queues.untilEmpty('delivery');
    expect(await world().table.family(eventId)).toEqual(before);
    expect(receiver.requests).toHaveLength(1);
  });

  test('enqueues a delivery again that nobody has begun, and it is sent once', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver()];
    await tenant.routeTo(receiver.url);
    world().stack.pauseMapping('deliver');
    const eventId = await tenant.publish();
    const { id } = await tenant.reached(eventId, 'pending');
    const record = await insertRecordOf(world(), eventId);
    await world().queues.waiting(eventId);
    expect(await routeAgain(record)).toEqual(NONE_FAILED);
    expect(await world().queues.depth('delivery')).toBe(2);
    world().stack.resumeMapping('deliver');
    await tenant.reached(eventId, 'delivered');
    await eventually('both messages to be handled', () => world().handled(id).length > 1);
    expect(receiver.requests).toHaveLength(1);
  });

  test('adds a delivery for a connection that is new since, and leaves the others alone', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver()];
    await tenant.routeTo(receiver.url);
    const eventId = await tenant.publish();
    await tenant.reached(eventId, 'delivered');
    const before = await world().table.family(eventId);
    const { connectionId } = await tenant.routeTo(receiver.url);
    expect(await routeAgain(await insertRecordOf(world(), eventId))).toEqual(NONE_FAILED);
    await eventually('the second delivery', async () => {
      const { data } = await tenant.deliveries({ eventId, routeId: connectionId });
      return data[0]?.status === 'delivered';
    });
    expect(await world().table.family(eventId)).toEqual(expect.arrayContaining(before));
    expect(receiver.requests).toHaveLength(2);
  });

  test('doubles nothing when an earlier connection was taken away in between', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver()];
    const first = await tenant.routeTo(receiver.url);
    await tenant.routeTo(receiver.url);
    const eventId = await tenant.publish();
    await eventually('the event to be delivered', async () => (await tenant.eventStatus(eventId)) === 'delivered');
    const before = await world().table.family(eventId);
    await world().table.change(connectionKey(tenant.environment, first.connectionId), { enabled: false });
    const third = await tenant.routeTo(receiver.url);
    const record = await insertRecordOf(world(), eventId);
    expect(await routeAgain(record)).toEqual(NONE_FAILED);
    expect(await routeAgain(record)).toEqual(NONE_FAILED);
    await eventually('three requests', () => receiver.requests.length === 3);
    await eventually('the event to be delivered', async () => (await tenant.eventStatus(eventId)) === 'delivered');
    const after = await world().table.family(eventId);
    expect(after).toEqual(expect.arrayContaining(before));
    const deliveries = after.filter(({ sk }) => sk !== 'EVT');
    expect(deliveries).toHaveLength(3);
    expect(deliveries.at(-1)).toMatchObject({ sk: 'DLV#0003', con: third.connectionId, made: 1 });
    expect(receiver.requests).toHaveLength(3);
  });
});

describe('a stream record that fails', () => {
  test('is reported by its sequence number, and the others of its batch are done', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver()];
    await tenant.routeTo(receiver.url);
    world().stack.pauseMapping('route');
    const [good = '', bad = ''] = [await tenant.publish(), await tenant.publish()];
    const [healthy, broken] = [await insertRecordOf(world(), good), await insertRecordOf(world(), bad)];
    // It can be read, but nothing can be written under a key that is longer than keys may be.
    Object.assign(broken.dynamodb?.NewImage ?? {}, { pk: { S: `EVT#${'0'.repeat(3000)}` } });
    const itemIdentifier = broken.dynamodb?.SequenceNumber;
    expect(await routeAgain(broken, healthy)).toEqual({ batchItemFailures: [{ itemIdentifier }] });
    await tenant.reached(good, 'delivered');
    world().stack.resumeMapping('route');
    await tenant.reached(bad, 'delivered');
    expect(receiver.requests).toHaveLength(2);
  });

  test('because its messages cannot be enqueued is reported', async () => {
    const own = await startWorld();
    try {
      const [tenant, receiver] = [await own.tenant(), await own.receiver()];
      await tenant.routeTo(receiver.url);
      own.stack.pauseMapping('route');
      const [first, second] = await tenant.publishBatch([{}, {}]);
      const records = [await insertRecordOf(own, first ?? ''), await insertRecordOf(own, second ?? '')];
      await own.queues.removeDeliveryQueue();
      const batchItemFailures = records.map(({ dynamodb }) => ({ itemIdentifier: dynamodb?.SequenceNumber }));
      expect(await own.stack.invoke('route', { Records: records })).toEqual({ batchItemFailures });
      expect(await tenant.reached(first ?? '', 'pending')).toMatchObject({ attemptCount: 0 });
    } finally {
      await own.stop();
    }
  });
});
