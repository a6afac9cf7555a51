import { describe, expect, test } from 'vitest';
import { eventually } from './support/eventually';
import { retryEvery } from './support/factories';
import { messageBody } from './support/queues';
import { answer, type Behaviour, inTurn } from './support/receiver';
import { useOwnWorld } from './support/world';

const world = useOwnWorld();

/** Publishes an event; answers with its delivery once it has `status`, and with a way to repeat its messages. */
async function deliveryIn(status: string, behaviour: Behaviour, destination: object = {}) {
  const [tenant, receiver] = [await world().tenant(), await world().receiver(behaviour)];
  const route = await tenant.routeTo(receiver.url, { destination: { ...destination } });
  const eventId = await tenant.publish();
  const { id } = await tenant.reached(eventId, status);
  const { environment } = tenant;
  const repeat = (attempt: number, delivery = id) =>
    world().queues.send(messageBody({ delivery, attempt, environment, destination: route.destinationId }));
  return { tenant, receiver, eventId, id, repeat };
}

/** What `deliver` did with one message, each time it received it. */
const outcomesOf = (id: string, messageId: string): string[] =>
  world()
    .handled(id)
    .filter((one) => one.messageId === messageId)
    .map(({ outcome }) => outcome);

const lastOutcome = (id: string, messageId: string) =>
  eventually(`an outcome of the message ${messageId}`, () => outcomesOf(id, messageId).at(-1));

// The test's own message is a duplicate in all but its token, which only a redrive looks at.
describe.concurrent('a duplicate of a message', () => {
  test('that comes while the attempt is being made comes back later, and makes no second request', async () => {
    let release = () => {};
    const hold: Behaviour = (response) => {
      release = () => response.end();
    };
    const { tenant, receiver, eventId, id, repeat } = await deliveryIn('sent', hold, { timeout_ms: 8000 });
    const duplicate = await repeat(1);
    expect(await lastOutcome(id, duplicate)).toBe('busy');
    release();
    await tenant.reached(eventId, 'delivered');
    await eventually('the duplicate to be dropped', () => outcomesOf(id, duplicate).at(-1) === 'dropped');
    expect(await tenant.reached(eventId, 'delivered')).toMatchObject({ attemptCount: 1 });
    expect(receiver.requests).toHaveLength(1);
  });

  test('that comes after the delivery is dropped', async () => {
    const { tenant, receiver, eventId, id, repeat } = await deliveryIn('delivered', answer(200));
    expect(await lastOutcome(id, await repeat(1))).toBe('dropped');
    expect(await tenant.reached(eventId, 'delivered')).toMatchObject({ attemptCount: 1 });
    expect(receiver.requests).toHaveLength(1);
  });

  test('that comes while a retry waits makes no attempt of its own, and no second schedule', async () => {
    const behaviour = inTurn(answer(500), answer(200));
    const { tenant, receiver, eventId, id, repeat } = await deliveryIn('retrying', behaviour, retryEvery(5, 2));
    expect(await lastOutcome(id, await repeat(1))).toBe('retry-ensured');
    expect(await tenant.reached(eventId, 'delivered')).toMatchObject({ attemptCount: 2 });
    expect(await world().schedulesOf(eventId)).toEqual([]);
    expect(receiver.requests).toHaveLength(2);
  });

  test.each([1, 2])('of attempt %i that comes after the death by attempt 2 is dropped', async (attempt) => {
    const { tenant, receiver, eventId, id, repeat } = await deliveryIn('failed', answer(500), retryEvery(0, 2));
    await world().queues.untilDead(id);
    expect(await lastOutcome(id, await repeat(attempt))).toBe('dropped');
    expect(await tenant.reached(eventId, 'failed')).toMatchObject({ attemptCount: 2 });
    expect(receiver.requests).toHaveLength(2);
  });

  test('of an attempt that is not due is dropped', async () => {
    const { receiver, id, repeat } = await deliveryIn('delivered', answer(200));
    expect(await lastOutcome(id, await repeat(2))).toBe('dropped');
    expect(receiver.requests).toHaveLength(1);
  });

  test('of a delivery that does not exist is dropped', async () => {
    const { id, receiver, repeat } = await deliveryIn('delivered', answer(200));
    const unknown = `${id.slice(0, -8)}00070000`;
    expect(await lastOutcome(unknown, await repeat(1, unknown))).toBe('dropped');
    expect(receiver.requests).toHaveLength(1);
  });
});
