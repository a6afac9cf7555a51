import { beforeEach, describe, expect, it } from 'vitest';
import { ApiError } from '../../../lambdas/http/errors';
import { accept, type Repeatable } from '../../../lambdas/ingest/accept';
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
      ids.add((await accept(world, incoming, { ...keyed, fingerprint: `f${day}` })).base);
      expect(await code(accept(world, incoming, { ...keyed, fingerprint: 'other' }))).toBe('CONFLICT');
      world.time += DAY;
    }
    expect(ids.size).toBe(5);
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
