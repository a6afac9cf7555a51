import { describe, expect, test } from 'vitest';
import { eventually } from './support/eventually';
import type { Receiver } from './support/receiver';
import { keyOfDelivery } from './support/table';
import { useOwnWorld } from './support/world';

const world = useOwnWorld();

/** Publishes an event to a receiver while `deliver` takes nothing, so that its message waits. */
async function waitingEvent(receiver: Receiver) {
  const tenant = await world().tenant();
  const { destinationId } = await tenant.routeTo(receiver.url);
  world().stack.pauseMapping('deliver');
  const eventId = await tenant.publish();
  const { id } = await tenant.reached(eventId, 'pending');
  return { tenant, destinationId, eventId, id, body: await world().queues.waiting(eventId) };
}

const resume = () => world().stack.resumeMapping('deliver');

const outcomesOf = (id: string) =>
  world()
    .handled(id)
    .map(({ outcome }) => outcome);

const taken = { status: 'sent', claimId: 'somebody', claims: 1 };

test('a delivery that waits to be sent cannot be retried through the API', async () => {
  const receiver = await world().receiver();
  const { tenant, eventId, id } = await waitingEvent(receiver);
  expect(await tenant.retry(id)).toMatchObject({ status: 409, body: { code: 'INVALID_STATE' } });
  resume();
  expect(await tenant.reached(eventId, 'delivered')).toMatchObject({ attemptCount: 1 });
  expect(receiver.requests).toHaveLength(1);
});

describe('a claim', () => {
  test('is given to one of several copies of a message', async () => {
    const receiver = await world().receiver();
    const { tenant, eventId, id, body } = await waitingEvent(receiver);
    for (let copy = 0; copy < 4; copy += 1) await world().queues.send(body);
    resume();
    await tenant.reached(eventId, 'delivered');
    await eventually('all copies to be handled', () => {
      return (
        new Set(
          world()
            .handled(id)
            .map(({ messageId }) => messageId),
        ).size === 5
      );
    });
    expect(outcomesOf(id).filter((outcome) => outcome === 'delivered')).toHaveLength(1);
    expect(receiver.requests).toHaveLength(1);
  });

  test('that has expired is taken over', async () => {
    const receiver = await world().receiver();
    const { tenant, eventId, id } = await waitingEvent(receiver);
    await world().table.change(keyOfDelivery(id), { ...taken, claimUntil: Date.now() - 1 });
    resume();
    expect(await tenant.reached(eventId, 'delivered')).toMatchObject({ attemptCount: 1 });
    expect(receiver.requests).toHaveLength(1);
    const item = await world().table.delivery(id);
    for (const name of ['claimId', 'claimUntil', 'claims']) expect(item).not.toHaveProperty(name);
  });

  test('that is alive makes the message come back when it has expired', async () => {
    const receiver = await world().receiver();
    const { tenant, eventId, id } = await waitingEvent(receiver);
    await world().table.change(keyOfDelivery(id), { ...taken, claimUntil: Date.now() + 3000 });
    resume();
    await eventually('the message to be left', () => outcomesOf(id).includes('busy'));
    expect(await tenant.reached(eventId, 'delivered')).toMatchObject({ attemptCount: 1 });
    expect(receiver.requests).toHaveLength(1);
  });

  test('that has expired while the destination was paused is parked', async () => {
    const receiver = await world().receiver();
    const { tenant, destinationId, eventId, id } = await waitingEvent(receiver);
    await world().table.change(keyOfDelivery(id), { ...taken, claimUntil: Date.now() - 1 });
    await tenant.pause(destinationId);
    await world().stack.killWorkers('deliver');
    resume();
    expect(await tenant.reached(eventId, 'circuit_open')).toMatchObject({ attemptCount: 0 });
    expect(outcomesOf(id)).toEqual(['parked']);
    expect(receiver.requests).toEqual([]);
  });

  test('that was lost keeps its worker from recording over whoever took it', async () => {
    let release = () => {};
    const receiver = await world().receiver((response) => {
      release = () => response.end();
    });
    const { id } = await waitingEvent(receiver);
    resume();
    await eventually('a request', () => receiver.requests[0]);
    const other = { ...taken, claimUntil: Date.now() + 60_000 };
    await world().table.change(keyOfDelivery(id), other);
    release();
    await eventually('the lost claim to be noticed', () => outcomesOf(id).includes('claim-lost'));
    expect(await world().table.delivery(id)).toMatchObject({ made: 0, ...other });
  });
});
