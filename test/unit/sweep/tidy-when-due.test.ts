import { beforeEach, describe, expect, it } from 'vitest';
import type { Tidied } from '../../../lambdas/functions/sweep/tidy-dead-letters';
import { tidyWhenDue } from '../../../lambdas/functions/sweep/tidy-when-due';

const MINUTE_MS = 60_000;
const NONE: Tidied = { seen: 0, removed: 0, repaired: 0, unsettled: 0, foreign: 0 };

const queue = { messages: 500, open: 500 };
let found: Tidied;
let looks: number;
let minute: number;
let run: ReturnType<typeof tidyWhenDue>;

beforeEach(() => {
  Object.assign(queue, { messages: 500, open: 500 });
  [found, looks, minute] = [{ ...NONE, seen: 500 }, 0, 0];
  run = tidyWhenDue({
    countMessages: async () => queue.messages,
    countOpen: async () => queue.open,
    tidy: async () => {
      looks += 1;
      return found;
    },
    now: () => minute * MINUTE_MS,
  });
});

/** As many runs of the schedule; answers with how often the queue was looked through in them. */
async function minutes(count: number): Promise<number> {
  const before = looks;
  for (let n = 0; n < count; n += 1) {
    await run('when due', []);
    minute += 1;
  }
  return looks - before;
}

describe('a dead-letter queue', () => {
  it('is not looked through while it is empty', async () => {
    queue.messages = 0;
    expect(await run('when due', [])).toEqual(NONE);
    expect(await minutes(60)).toBe(0);
  });

  it('is looked through ever less often while nothing changes, and once an hour in the end', async () => {
    expect(await minutes(10)).toBe(4);
    expect(await minutes(110)).toBeLessThanOrEqual(4);
    expect(await minutes(24 * 60)).toBeLessThanOrEqual(25);
    expect(await minutes(24 * 60)).toBeGreaterThanOrEqual(23);
  });

  it.each(['messages', 'open'] as const)('is looked through when the number of %s has changed', async (what) => {
    await minutes(24 * 60);
    queue[what] -= 1;
    expect(await minutes(1)).toBe(1);
    expect(await minutes(10)).toBeGreaterThanOrEqual(3);
  });

  it.each(['removed', 'repaired', 'unsettled'] as const)('is looked through again when some were %s', async (what) => {
    found = { ...found, [what]: 1 };
    expect(await minutes(20)).toBe(20);
  });

  it('is looked through no oftener than it is long: 500 messages a minute', async () => {
    Object.assign(queue, { messages: 5000 });
    found = { ...NONE, seen: 5000, removed: 10 };
    expect(await minutes(60)).toBe(6);
  });

  it('is looked through whenever somebody asks for it', async () => {
    await minutes(24 * 60);
    looks = 0;
    await run('now', []);
    expect(looks).toBe(1);
  });

  it('still has the foreign messages that were found in it, in every run', async () => {
    found = { ...NONE, seen: 500, foreign: 3 };
    await minutes(24 * 60);
    expect(await run('when due', [])).toEqual({ ...NONE, foreign: 3 });
    queue.messages = 0;
    expect(await run('when due', [])).toEqual(NONE);
  });

  it('is looked through in the next run when looking failed', async () => {
    found = NONE;
    const failing = tidyWhenDue({
      countMessages: async () => 1,
      countOpen: async () => 1,
      tidy: async () => {
        looks += 1;
        throw new Error('throttled');
      },
      now: () => 0,
    });
    await expect(failing('when due', [])).rejects.toThrow('throttled');
    await expect(failing('when due', [])).rejects.toThrow('throttled');
    expect(looks).toBe(2);
  });
});
