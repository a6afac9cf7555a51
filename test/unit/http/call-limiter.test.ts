import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CallBudget, CallLimits } from '../../../lambdas/domain/call-budget';
import { type Admit, type CallLimiterPorts, createCallLimiter } from '../../../lambdas/http/call-limiter';
import { Random } from '../../../local/faults/random';

/**
 * One table that several instances share, a clock that they share, and what the table was asked.
 *
 * @param ports what is not so here: the clock, the pauses
 * @param travel how long a request or an answer is on its way; at once if left out
 */
function sharedWorld(ports: Partial<CallLimiterPorts> = {}, travel = async () => {}) {
  const budgets = new Map<string, CallBudget & { version: number }>();
  const world = { now: 1_000_000, reads: 0, writes: 0, refusedWrites: 0 };
  /** @param aheadMs how far its clock is ahead */
  const instance = (aheadMs = 0): Admit =>
    createCallLimiter({
      read: async (keyId) => {
        world.reads += 1;
        await travel();
        return budgets.get(keyId);
      },
      write: async (keyId, budget, version) => {
        await travel();
        if ((budgets.get(keyId)?.version ?? 0) !== version) {
          world.refusedWrites += 1;
          return false;
        }
        world.writes += 1;
        budgets.set(keyId, { ...budget, version: version + 1 });
        return true;
      },
      now: () => world.now + aheadMs,
      pause: async () => {},
      ...ports,
    });
  return { world, instance, budgets };
}

/** The largest number of calls that any window held beyond what its length allows. */
function worstBurst(admissions: readonly number[], { perSecond }: CallLimits): number {
  let worst = 0;
  for (const [first, start] of admissions.entries()) {
    for (let last = first; last < admissions.length; last += 1) {
      const allowed = (perSecond * ((admissions[last] ?? 0) - start)) / 1000;
      worst = Math.max(worst, last - first + 1 - allowed);
    }
  }
  return worst;
}

const limitsArbitrary = fc.record({
  perSecond: fc.integer({ min: 1, max: 60 }),
  burst: fc.integer({ min: 1, max: 40 }),
});

/** Calls of instances, side by side or one after another, and time that passes in between. */
const stepsArbitrary = fc.array(
  fc.record({
    waitMs: fc.oneof(
      fc.integer({ min: 0, max: 50 }),
      fc.integer({ min: 0, max: 2_000 }),
      fc.integer({ min: 0, max: 70_000 }),
    ),
    calls: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 25 }),
  }),
  { minLength: 1, maxLength: 25 },
);

describe('the call limiter', () => {
  it('never admits more than rate × time + burst in any window, over several instances that come and go', async () => {
    await fc.assert(
      fc.asyncProperty(limitsArbitrary, stepsArbitrary, async (limits, steps) => {
        const { world, instance } = sharedWorld();
        const instances = Array.from({ length: 5 }, () => instance());
        const admissions: number[] = [];
        for (const [step, { waitMs, calls }] of steps.entries()) {
          world.now += waitMs;
          // One dies, and another takes its place.
          instances[step % 5] = instance();
          const answers = await Promise.all(calls.map((index) => instances[index]?.('key', limits)));
          admissions.push(...answers.filter((answer) => answer?.admitted).map(() => world.now));
        }
        expect(worstBurst(admissions, limits)).toBeLessThanOrEqual(limits.burst + 1e-6);
      }),
      { numRuns: 300 },
    );
  });

  it('admits no more than two seconds of the rate beyond that when clocks are two seconds apart', async () => {
    const skews = fc.array(fc.integer({ min: 0, max: 2_000 }), { minLength: 5, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(limitsArbitrary, stepsArbitrary, skews, async (limits, steps, ahead) => {
        const { world, instance } = sharedWorld();
        const instances = ahead.map((ms) => instance(ms));
        const admissions: number[] = [];
        for (const { waitMs, calls } of steps) {
          world.now += waitMs;
          const answers = await Promise.all(calls.map((index) => instances[index]?.('key', limits)));
          admissions.push(...answers.filter((answer) => answer?.admitted).map(() => world.now));
        }
        expect(worstBurst(admissions, limits)).toBeLessThanOrEqual(limits.burst + 2 * limits.perSecond + 1e-6);
      }),
      { numRuns: 300 },
    );
  });

  it('promises in a refusal that a call at that time is admitted, when nobody else calls', async () => {
    await fc.assert(
      fc.asyncProperty(limitsArbitrary, stepsArbitrary, async (limits, steps) => {
        const { world, instance } = sharedWorld();
        const instances = Array.from({ length: 5 }, () => instance());
        for (const { waitMs, calls } of steps) {
          world.now += waitMs;
          await Promise.all(calls.map((index) => instances[index]?.('key', limits)));
        }
        let answer = await instances[0]?.('key', limits);
        for (let waits = 0; answer && !answer.admitted && waits < 4; waits += 1) {
          expect(answer.retryAfterMs).toBeGreaterThanOrEqual(1);
          world.now += answer.retryAfterMs;
          answer = await instances[0]?.('key', limits);
        }
        expect(answer?.admitted).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('admits the whole burst to one instance after a pause, and the rate from then on', async () => {
    const { world, instance } = sharedWorld();
    const [admit, limits] = [instance(), { perSecond: 50, burst: 100 }];
    const admitted = async (calls: number) => {
      const answers = [];
      for (let call = 0; call < calls; call += 1) answers.push(await admit('key', limits));
      return answers.filter((answer) => answer.admitted).length;
    };
    expect(await admitted(300)).toBe(100);
    world.now += 1_000;
    expect(await admitted(300)).toBe(50);
    world.now += 60_000;
    expect(await admitted(300)).toBe(100);
  });

  it('refuses nobody who stays below the rate, on ten instances at random', async () => {
    const { world, instance } = sharedWorld();
    const instances = Array.from({ length: 10 }, () => instance());
    let refused = 0;
    for (let call = 0; call < 2_000; call += 1) {
      world.now += 25;
      const answer = await instances[(call * 7919) % 10]?.('key', { perSecond: 50, burst: 100 });
      if (!answer?.admitted) refused += 1;
    }
    expect(refused).toBe(0);
    expect(world.writes).toBeLessThan(2_000 / 3);
  });

  it('asks the table for far fewer calls than it admits', async () => {
    const { world, instance } = sharedWorld();
    const admit = instance();
    for (let call = 0; call < 1_000; call += 1) {
      world.now += 100;
      await admit('key', { perSecond: 50, burst: 100 });
    }
    expect(world.writes).toBeLessThan(110);
    expect(world.reads).toBe(world.writes);
  });

  it('refuses a flood from memory: it costs neither reads nor writes', async () => {
    const { world, instance } = sharedWorld();
    const admit = instance();
    const limits = { perSecond: 1, burst: 1 };
    await admit('key', limits);
    await admit('key', limits);
    const { reads, writes } = world;
    for (let call = 0; call < 1_000; call += 1) expect((await admit('key', limits)).admitted).toBe(false);
    expect(world).toMatchObject({ reads, writes });
  });

  it('gives back the room of a lease that has ended', async () => {
    const { world, instance } = sharedWorld();
    const limits = { perSecond: 50, burst: 100 };
    await instance()('key', limits);
    world.now += 60_000;
    const admit = instance();
    const answers = [];
    for (let call = 0; call < 150; call += 1) answers.push(await admit('key', limits));
    expect(answers.filter(({ admitted }) => admitted)).toHaveLength(100);
  });

  it('keeps the budgets of keys apart', async () => {
    const { instance } = sharedWorld();
    const admit = instance();
    const limits = { perSecond: 1, burst: 1 };
    expect((await admit('one', limits)).admitted).toBe(true);
    expect((await admit('one', limits)).admitted).toBe(false);
    expect((await admit('other', limits)).admitted).toBe(true);
  });

  it('obeys a limit that was lowered since the budget was written', async () => {
    const { world, instance } = sharedWorld();
    await instance()('key', { perSecond: 50, burst: 100 });
    world.now += 60_000;
    const admit = instance();
    const answers = [];
    for (let call = 0; call < 50; call += 1) answers.push(await admit('key', { perSecond: 1, burst: 5 }));
    expect(answers.filter(({ admitted }) => admitted)).toHaveLength(5);
  });
});

/** Far from what the instances below can call. */
const FAR_AWAY: CallLimits = { perSecond: 10_000, burst: 10_000 };

describe('when instances die', () => {
  beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
  afterEach(() => void vi.useRealTimers());

  const sleep = (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms));

  /** Instances that answer one call after another, and are replaced all at once, without giving anything back. */
  async function publish({ instances, lives }: { instances: number; lives: number }) {
    const random = new Random(7, 'instances');
    const ports = { now: Date.now, pause: (longestMs: number) => sleep(random.next() * longestMs) };
    const { world, instance } = sharedWorld(ports, () => sleep(2 + random.next() * 2));
    const counts = { calls: 0, refused: 0 };
    const work = async (admit: Admit, until: number) => {
      while (Date.now() < until) {
        counts.calls += 1;
        if (!(await admit('key', FAR_AWAY)).admitted) counts.refused += 1;
        await sleep(10 + random.next() * 20);
      }
    };
    for (let life = 0; life < lives; life += 1) {
      const working = Array.from({ length: instances }, () => work(instance(), Date.now() + 3_000));
      await vi.advanceTimersByTimeAsync(6_000);
      await Promise.all(working);
    }
    return { ...counts, writes: world.writes + world.refusedWrites };
  }

  it.each([
    { instances: 10, lives: 4 },
    { instances: 100, lives: 1 },
  ])('nobody far below the limit is refused: $instances at a time, $lives times', async (scene) => {
    const { calls, refused, writes } = await publish(scene);
    expect(refused).toBe(0);
    expect(writes).toBeLessThan(calls / 10);
  });

  it('a quarter of the burst is left at once, however many held leases', async () => {
    const { world, instance } = sharedWorld();
    const limits = { perSecond: 50, burst: 100 };
    /** Calls of new instances, in no time. Answers how many were refused. */
    const callAtOnce = async (calls: number) => {
      let refused = 0;
      for (let call = 0; call < calls; call += 1) if (!(await instance()('key', limits)).admitted) refused += 1;
      return refused;
    };
    for (let generation = 0; generation < 20; generation += 1) {
      await callAtOnce(10);
      world.now += 1_000;
    }
    expect(await callAtOnce(25)).toBe(0);
  });
});
