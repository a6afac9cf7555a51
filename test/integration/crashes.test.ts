import { describe, expect, test } from 'vitest';
import { retryEvery } from './support/factories';
import { answer, type Behaviour, inTurn } from './support/receiver';
import { startWorld, type World } from './support/world';

/** A message whose worker is gone comes back when its visibility ends: after 18 seconds in this stack. */
const PATIENCE_MS = 90_000;

/** Runs a test in a stack of its own: a worker that dies takes all messages of its batch with it. */
async function inOwnWorld(run: (world: World) => Promise<void>): Promise<void> {
  const world = await startWorld('crashing');
  try {
    await run(world);
  } finally {
    await world.stop();
  }
}

/** The worker dies while it waits for the answer to its request. */
const deadly =
  (world: World): Behaviour =>
  () =>
    void world.stack.killWorkers('deliver');

describe.concurrent('a worker that dies in the middle of a request', { timeout: 2 * PATIENCE_MS }, () => {
  test('loses nothing: its message comes back, and the delivery is delivered', () =>
    inOwnWorld(async (world) => {
      const tenant = await world.tenant();
      const receiver = await world.receiver(inTurn(deadly(world), answer(200)));
      await tenant.routeTo(receiver.url);
      const eventId = await tenant.publish();
      const delivery = await tenant.reached(eventId, 'delivered', PATIENCE_MS);
      expect(delivery).toMatchObject({ attemptCount: 1, statusCode: 200 });
      expect(world.handled(delivery.id)).toMatchObject([{ attempt: 1, receiveCount: 2, outcome: 'delivered' }]);
      expect(receiver.requests).toHaveLength(2);
    }));

  test('every time is recorded as worker_failed on the last receive, without another request', () =>
    inOwnWorld(async (world) => {
      const tenant = await world.tenant();
      const receiver = await world.receiver(deadly(world));
      await tenant.routeTo(receiver.url, { destination: { retry_policy: { max_attempts: 5 } } });
      const eventId = await tenant.publish();
      const delivery = await tenant.reached(eventId, 'failed', PATIENCE_MS);
      expect(delivery).toMatchObject({ attemptCount: 1, statusCode: null, requestHeaders: null });
      expect(await world.table.delivery(delivery.id)).toMatchObject({ first: { errorCode: 'worker_failed' } });
      expect(await world.table.deadLetter(delivery.id, 1)).toMatchObject({ errorCode: 'worker_failed' });
      await world.queues.untilDead(delivery.id);
      expect(world.handled(delivery.id)).toMatchObject([{ receiveCount: 3, outcome: 'died' }]);
      expect(receiver.requests).toHaveLength(2);
    }));

  test('while it routes loses no event', () =>
    inOwnWorld(async (world) => {
      const [tenant, receiver] = [await world.tenant(), await world.receiver()];
      // Functions have seconds only in this stack: on a busy machine an attempt may run out of time before it connects.
      await tenant.routeTo(receiver.url, { destination: retryEvery(1, 5) });
      const ids: string[] = [];
      for (let round = 0; round < 5; round += 1) {
        ids.push(...(await tenant.publishBatch(Array.from({ length: 20 }, () => ({})))));
        await world.stack.killWorkers('route');
      }
      for (const id of ids) await tenant.reached(id, 'delivered');
      expect(new Set(receiver.requests.map(({ headers }) => headers['webhook-id']))).toEqual(new Set(ids));
    }));
});
