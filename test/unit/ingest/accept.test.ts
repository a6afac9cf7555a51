import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { accept, type Repeatable } from '../../../lambdas/functions/ingest/accept';
import { ApiError } from '../../../lambdas/http/errors';
import { PublishWorld } from '../support/publish-world';
import { eventOf, idOf, NOW } from '../support/records';

const { base: _, createdAt: __, ...incoming } = eventOf();
const DAY = 86_400_000;
const keyed: Repeatable = { kind: 'key', value: 'k', index: 0, fingerprint: 'f' };
const named: Repeatable = { kind: 'id', value: 'order-1', index: 0, fingerprint: 'f' };

let world: PublishWorld;
beforeEach(() => {
  world = new PublishWorld();
});
const code = async (work: Promise<unknown>) => work.catch((error) => error instanceof ApiError && error.code);

describe('accepting an event', () => {
  it('stores it with exactly one write, under the time of now', async () => {
    const event = await accept(world, incoming, undefined);
    expect(world.writes).toBe(1);
    expect(event).toEqual({ ...incoming, base: event.base, createdAt: new Date(NOW).toISOString() });
    expect(Number.parseInt(event.base.slice(0, 12), 16)).toBe(NOW);
  });

  it('never takes two publishes for one, however alike', async () => {
    await accept(world, incoming, undefined);
    await accept(world, incoming, undefined);
    expect(world.events.size).toBe(2);
  });

  it('fails when the write fails', async () => {
    world.failing = true;
    await expect(accept(world, incoming, undefined)).rejects.toThrow('throttled');
    await expect(accept(world, incoming, keyed)).rejects.toThrow('throttled');
  });
});

describe('accepting an event under a key', () => {
  it('answers a repetition with the first event and stores nothing more', async () => {
    const first = await accept(world, incoming, keyed);
    world.time += DAY - 1;
    expect(await accept(world, incoming, keyed)).toEqual(first);
    expect(world.events.size).toBe(1);
  });

  it('refuses another request under the same key', async () => {
    await accept(world, incoming, keyed);
    expect(await code(accept(world, incoming, { ...keyed, fingerprint: 'g' }))).toBe('CONFLICT');
    expect(world.events.size).toBe(1);
  });

  it('is free for a new request after 24 hours, again and again', async () => {
    const ids = new Set<string>();
    for (let day = 0; day < 5; day += 1) {
      const { base } = await accept(world, incoming, { ...keyed, fingerprint: `f${day}` });
      if (day === 0) world.expire(base, NOW + 30 * DAY);
      ids.add(base);
      expect(await code(accept(world, incoming, { ...keyed, fingerprint: 'other' }))).toBe('CONFLICT');
      world.time += DAY;
    }
    expect(ids.size).toBe(5);
  });

  it('is free again and again for longer than events are kept, and never takes a repetition for a new request', async () => {
    const kept = 30 * DAY;
    const first = await accept(world, incoming, keyed);
    world.expire(first.base, NOW + kept);
    for (let day = 1; day <= 100; day += 1) {
      world.time = NOW + day * DAY;
      const daily = { ...keyed, fingerprint: `f${day}` };
      const { base } = await accept(world, incoming, daily);
      world.time += DAY / 2;
      world.deleteExpired();
      expect((await accept(world, incoming, daily)).base).toBe(base);
      expect(await code(accept(world, incoming, keyed))).toBe('CONFLICT');
    }
  });

  it('costs two more writes at most when it is used again, however often it was used before', async () => {
    for (let day = 0; day < 20; day += 1) {
      world.writes = 0;
      await accept(world, incoming, { ...keyed, fingerprint: `f${day}` });
      expect(world.writes).toBeLessThanOrEqual(2);
      world.time += DAY;
    }
  });

  it('gives one of several that use it again at the same time', async () => {
    await accept(world, incoming, keyed);
    world.time += DAY;
    const again = await Promise.all(Array.from({ length: 5 }, () => accept(world, incoming, keyed)));
    expect(new Set(again.map(({ base }) => base)).size).toBe(1);
    expect(world.events.size).toBe(2);
  });

  it('keeps the events of a batch apart, and those of environments', async () => {
    await accept(world, incoming, keyed);
    await accept(world, incoming, { ...keyed, index: 1 });
    await accept(world, { ...incoming, environment: idOf('env', 2) }, keyed);
    expect(world.events.size).toBe(3);
  });

  it('gives callers that come at the same time the same event', async () => {
    const events = await Promise.all(Array.from({ length: 5 }, () => accept(world, incoming, keyed)));
    expect(new Set(events.map(({ base }) => base)).size).toBe(1);
    expect(world.events.size).toBe(1);
  });
});

describe('accepting an event that its source recognizes', () => {
  const windowMs = 60_000;
  const recognized: Repeatable = { kind: 'dedup', value: 'source\nbody', index: 0, windowMs };

  it('answers a repetition with the first event up to the end of its window, wherever clocks stand', async () => {
    for (const start of [0, 1, windowMs / 2, windowMs - 1]) {
      world = new PublishWorld();
      world.time += start;
      const first = await accept(world, incoming, recognized);
      world.time += windowMs - 1;
      expect(await accept(world, incoming, recognized)).toEqual(first);
      world.time += 1;
      expect((await accept(world, incoming, recognized)).base).not.toBe(first.base);
      expect(world.events.size).toBe(2);
    }
  });

  it('accepts exactly the events that a brute-force memory would accept', async () => {
    const steps = fc.array(fc.integer({ min: 0, max: 90_000 }), { maxLength: 60 });
    const agrees = async (waits: number[]) => {
      world = new PublishWorld();
      let accepted = { at: Number.NEGATIVE_INFINITY, base: '' };
      for (const wait of waits) {
        world.time += wait;
        const { base } = await accept(world, incoming, recognized);
        if (world.time - accepted.at >= windowMs) {
          expect(base).not.toBe(accepted.base);
          accepted = { at: world.time, base };
        } else expect(base).toBe(accepted.base);
      }
    };
    await fc.assert(fc.asyncProperty(steps, agrees), { numRuns: 50 });
  });

  it('takes a repetition that differs in what the source does not look at', async () => {
    const first = await accept(world, incoming, recognized);
    expect(await accept(world, { ...incoming, contentType: 'text/plain' }, recognized)).toEqual(first);
  });
});

describe('accepting an event under an id of its own', () => {
  it('answers a repetition with the first event, however late', async () => {
    const first = await accept(world, incoming, named);
    world.time += 20 * DAY;
    expect(await accept(world, incoming, named)).toEqual(first);
  });

  it('refuses another event under the same id, however late', async () => {
    await accept(world, incoming, named);
    world.time += 20 * DAY;
    expect(await code(accept(world, incoming, { ...named, fingerprint: 'g' }))).toBe('CONFLICT');
  });

  it('does not confuse an id with a key of the same text', async () => {
    await accept(world, incoming, { ...named, value: 'k' });
    await accept(world, incoming, keyed);
    expect(world.events.size).toBe(2);
  });
});
