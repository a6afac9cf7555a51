import { describe, expect, test } from 'vitest';
import { eventually } from './support/eventually';
import { retryEvery } from './support/factories';
import { answer, type Behaviour, inTurn } from './support/receiver';
import { type Item, keyOfDelivery } from './support/table';
import { useOwnWorld } from './support/world';

const world = useOwnWorld();

/** How often SQS hands out a message before it moves it: the stack's default. */
const MAX_RECEIVES = [1, 2, 3, 4, 5];

/** A delivery that has died, with its message in the dead-letter queue. */
async function deadDelivery(attempts: number, ...afterwards: Behaviour[]) {
  const failures = Array.from({ length: attempts }, () => answer(500));
  const receiver = await world().receiver(inTurn(...failures, ...afterwards));
  const tenant = await world().tenant();
  await tenant.routeTo(receiver.url, { destination: retryEvery(0, attempts) });
  const eventId = await tenant.publish();
  const delivery = await tenant.reached(eventId, 'failed');
  const message = await world().queues.untilDead(delivery.id);
  return { receiver, tenant, eventId, id: delivery.id, message };
}

const keyOf = ({ pk, sk }: Item) => ({ pk: String(pk), sk: String(sk) });

/** The dead letters of an event. */
const deadLettersOf = async (eventId: string): Promise<Item[]> =>
  (await world().table.family(eventId)).filter(({ sk }) => String(sk).includes('#DLQ#'));

// One after another: a redrive moves every message that is in the dead-letter queue.
describe('a delivery without attempts left', () => {
  test('is recorded as dead, and SQS itself moves its message to the dead-letter queue', async () => {
    const { receiver, tenant, eventId, id, message } = await deadDelivery(2);
    expect(receiver.requests).toHaveLength(2);
    expect(message.Attributes?.DeadLetterQueueSourceArn).toMatch(/DeliveryQueue/);
    const dying = world()
      .handled(id)
      .filter(({ messageId }) => messageId === message.MessageId);
    expect(dying.map(({ receiveCount }) => receiveCount)).toEqual(MAX_RECEIVES);
    expect(dying.map(({ outcome }) => outcome)).toEqual(['died', 'dying', 'dying', 'dying', 'dying']);

    const [deadLetter, ...others] = await deadLettersOf(eventId);
    expect(others).toEqual([]);
    expect(deadLetter).toMatchObject({ sk: 'DLV#0001#DLQ#0002', errorCode: 'http_error', attemptCount: 2 });
    const { environment } = tenant;
    expect(await world().table.attentionOf(keyOf(deadLetter ?? {}))).toEqual([
      expect.stringContaining(`ENV#${environment}#dead#`),
    ]);
    expect(await world().table.attentionOf(keyOfDelivery(id))).toEqual([
      expect.stringContaining(`ENV#${environment}#failed#`),
    ]);
    await world().queues.untilEmpty('delivery');
  });
});

describe('a redrive', () => {
  test('starts a fresh round of attempts and closes the dead letter', async () => {
    await drained();
    const { receiver, tenant, eventId, id } = await deadDelivery(2, answer(200));
    await world().queues.redrive();
    const delivered = await tenant.reached(eventId, 'delivered');
    expect(delivered).toMatchObject({ attemptCount: 1, maxAttempts: 2 });
    expect(delivered.attempts).toHaveLength(3);
    const third = (await world().table.family(eventId)).find(({ sk }) => String(sk).endsWith('#ATT#0003'));
    expect(third).toMatchObject({ trigger: 'redrive', statusCode: 200 });
    await world().queues.untilEmpty('dead');
    await world().queues.untilEmpty('delivery');
    expect(await deadLettersOf(eventId)).toEqual([]);
    expect(await world().table.attentionOf(keyOfDelivery(id))).toEqual([]);
    expect(receiver.requests).toHaveLength(3);
  });

  test('of a delivery that fails again brings it back to the dead-letter queue with a dead letter of its own', async () => {
    await drained();
    const { receiver, tenant, eventId, id, message } = await deadDelivery(1, answer(503));
    await world().queues.redrive();
    const again = await eventually('another message in the dead-letter queue', async () => {
      const found = await world().queues.dead(id);
      return found?.MessageId !== message.MessageId && found;
    });
    expect(await tenant.reached(eventId, 'failed')).toMatchObject({ attemptCount: 1, statusCode: 503 });
    expect((await deadLettersOf(eventId)).map(({ sk }) => sk)).toEqual(['DLV#0001#DLQ#0002']);
    const dying = world()
      .handled(id)
      .filter(({ messageId }) => messageId === again.MessageId);
    expect(dying.map(({ receiveCount }) => receiveCount)).toEqual(MAX_RECEIVES);
    expect(receiver.requests).toHaveLength(2);
  });

  test('of a delivery that was retried through the API meanwhile is dropped without a request', async () => {
    await drained();
    const { receiver, tenant, eventId, id } = await deadDelivery(1, answer(200));
    await tenant.retry(id);
    await tenant.reached(eventId, 'delivered');
    const before = world().handled(id).length;
    await world().queues.redrive();
    await eventually('the redriven message to be handled', () => world().handled(id).length > before);
    expect(world().handled(id).at(-1)?.outcome).toBe('dropped');
    await world().queues.untilEmpty('dead');
    await world().queues.untilEmpty('delivery');
    expect(await tenant.reached(eventId, 'delivered')).toMatchObject({ attemptCount: 1 });
    expect(receiver.requests).toHaveLength(2);
  });

  test('of a delivery that was retried and died again since does not start a third round', async () => {
    await drained();
    const { receiver, tenant, eventId, id, message } = await deadDelivery(1);
    await tenant.retry(id);
    const second = await eventually('a second message in the dead-letter queue', async () => {
      return (await world().queues.depth('dead')) === 2;
    });
    expect(second).toBe(true);
    await world().queues.redrive();
    await eventually('the third death', async () => receiver.requests.length === 3);
    await tenant.reached(eventId, 'failed');
    const stray = world()
      .handled(id)
      .filter(({ attempt, outcome }) => attempt === 1 && outcome === 'dropped');
    expect(stray).toHaveLength(1);
    expect(stray[0]?.messageId).not.toBe(message.MessageId);
    expect((await deadLettersOf(eventId)).map(({ sk }) => sk)).toEqual(['DLV#0001#DLQ#0003']);
    expect(receiver.requests).toHaveLength(3);
  });
});

/** Nothing of an earlier test is left to be moved: what fails again goes back to the dead-letter queue, so it is taken out. */
async function drained(): Promise<void> {
  await world().queues.untilEmpty('delivery');
  await world().queues.purgeDead();
}
