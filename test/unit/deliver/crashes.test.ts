import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answered, DeliveryWorld } from '../support/delivery-world';
import { type Fault, QueueSimulation } from '../support/queue-simulation';
import { destinationOf, NOW } from '../support/records';

const fault: fc.Arbitrary<Fault> = fc.record({
  call: fc.tuple(fc.nat({ max: 7 }), fc.nat({ max: 1 })).map(([group, offset]) => 4 * group + offset),
  when: fc.constantFrom('before', 'after'),
  kind: fc.constantFrom('crash', 'error'),
});
/** Up to three faults, never close together: what a failure is answered with has to work itself. */
const faults = fc.uniqueArray(fault, { maxLength: 3, selector: ({ call }) => call >> 2 });
const statuses = fc.array(fc.constantFrom(200, 200, 500, 503, 302, 404), { maxLength: 6 });

function worldOf(codes: readonly number[]): DeliveryWorld {
  const world = new DeliveryWorld();
  world.destination = destinationOf({ retryPolicy: { maxAttempts: 3, schedule: [5] } });
  world.answers = codes.map((code) => answered(code));
  return world;
}

/** What must be true of a delivery when its queue is empty, whatever happened on the way. */
function expectSettled(world: DeliveryWorld, queue: QueueSimulation): void {
  const { delivery, attempts } = world;
  expect(['delivered', 'failed']).toContain(delivery?.status);
  expect(attempts.map(({ number }) => number)).toEqual(attempts.map((_, index) => index + 1));
  expect(delivery?.made).toBe(attempts.length);
  const dead = delivery?.status === 'failed';
  expect(world.deadLetters).toEqual(dead ? [attempts.length] : []);
  expect(queue.deadLetterQueue.map(({ messageId }) => messageId)).toEqual(dead ? [delivery.deathMessageId] : []);
}

describe('whatever breaks while a message is worked on', () => {
  it('each attempt is recorded once, and the delivery ends delivered, or dead with its message in the dead-letter queue', async () => {
    await fc.assert(
      fc.asyncProperty(statuses, faults, async (codes, faults) => {
        const world = worldOf(codes);
        const queue = new QueueSimulation(world, faults);
        queue.add(1, NOW);
        await queue.run();
        expectSettled(world, queue);
      }),
      { numRuns: 400 },
    );
  });

  it('an attempt is sent again only where something broke', async () => {
    await fc.assert(
      fc.asyncProperty(statuses, faults, async (codes, faults) => {
        const world = worldOf(codes);
        const queue = new QueueSimulation(world, faults);
        queue.add(1, NOW);
        await queue.run();
        expect(world.sent.length).toBeLessThanOrEqual(world.attempts.length + faults.length);
      }),
      { numRuns: 200 },
    );
  });

  it('a delivery without a fault takes exactly the requests, records and receives that it needs', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 3 }), async (failures) => {
        const world = worldOf(Array.from({ length: failures }, () => 500));
        const queue = new QueueSimulation(world, []);
        queue.add(1, NOW);
        await queue.run();
        expect(world.sent).toHaveLength(Math.min(3, failures + 1));
        expect(queue.receives).toBe(failures === 3 ? 7 : failures + 1);
      }),
    );
  });
});

describe('duplicates of a message', () => {
  it('change nothing: no attempt is sent twice, and one message at most reaches the dead-letter queue', async () => {
    await fc.assert(
      fc.asyncProperty(statuses, fc.array(fc.nat({ max: 60_000 }), { maxLength: 3 }), async (codes, delays) => {
        const world = worldOf(codes);
        const queue = new QueueSimulation(world, []);
        for (const delay of [0, ...delays]) queue.add(1, NOW + delay);
        await queue.run();
        expectSettled(world, queue);
        expect(world.sent).toHaveLength(world.attempts.length);
      }),
      { numRuns: 200 },
    );
  });

  it('change nothing where something breaks as well', async () => {
    await fc.assert(
      fc.asyncProperty(statuses, faults, fc.nat({ max: 60_000 }), async (codes, faults, delay) => {
        const world = worldOf(codes);
        const queue = new QueueSimulation(world, faults);
        queue.add(1, NOW);
        queue.add(1, NOW + delay);
        await queue.run();
        expectSettled(world, queue);
      }),
      { numRuns: 400 },
    );
  });
});

describe('a redrive', () => {
  it('starts a fresh round, and only one, whatever breaks on the way', async () => {
    await fc.assert(
      fc.asyncProperty(faults, async (faults) => {
        const world = worldOf([]);
        world.destination = destinationOf({ retryPolicy: { maxAttempts: 1, schedule: [5] } });
        world.answers = [answered(500)];
        const queue = new QueueSimulation(world, faults);
        queue.add(1, NOW);
        await queue.run();
        fc.pre(world.delivery?.status === 'failed');
        queue.redriveAll();
        await queue.run();
        expect(world.delivery?.roundStart).toBe(1);
        expectSettled(world, queue);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a destination that is paused in the middle of it', () => {
  it('parks what is under way, and no message circles on', async () => {
    await fc.assert(
      fc.asyncProperty(faults, fc.nat({ max: 3 }), async (faults, pauseAfter) => {
        const world = worldOf(Array.from({ length: 12 }, () => 500));
        const queue = new QueueSimulation(world, faults);
        let sent = 0;
        const { send } = world;
        world.send = async (outgoing) => {
          sent += 1;
          if (sent > pauseAfter) world.destination = destinationOf({ status: 'paused' });
          return send.call(world, outgoing);
        };
        queue.add(1, NOW);
        await queue.run(60);
        expect(['circuit_open', 'failed']).toContain(world.delivery?.status);
        expect(queue.deadLetterQueue).toHaveLength(world.delivery?.status === 'failed' ? 1 : 0);
      }),
      { numRuns: 200 },
    );
  });
});
