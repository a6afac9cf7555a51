import { beforeEach, describe, expect, it } from 'vitest';
import { cached } from '../../lambdas/runtime/cache';

let time = 0;
let loads: string[] = [];
beforeEach(() => {
  time = 0;
  loads = [];
});
const options = { ttlMs: 100, now: () => time };
const load = async (key: string) => {
  loads.push(key);
  return `${key}${loads.length}`;
};

describe('the cache', () => {
  it('loads once, and again when the time is up', async () => {
    const read = cached(load, options);
    expect(await read('a')).toBe('a1');
    time = 99;
    expect(await read('a')).toBe('a1');
    time = 100;
    expect(await read('a')).toBe('a2');
    expect(loads).toEqual(['a', 'a']);
  });

  it('counts the time from the load, not from the latest read', async () => {
    const read = cached(load, options);
    for (time = 0; time < 250; time += 10) await read('a');
    expect(loads).toHaveLength(3);
  });

  it('keeps keys apart', async () => {
    const read = cached(load, options);
    expect([await read('a'), await read('b'), await read('a')]).toEqual(['a1', 'b2', 'a1']);
  });

  it('shares one load between callers of the same moment', async () => {
    const read = cached(load, options);
    expect(await Promise.all([read('a'), read('a'), read('a')])).toEqual(['a1', 'a1', 'a1']);
    expect(loads).toEqual(['a']);
  });

  it('keeps that there is nothing', async () => {
    let count = 0;
    const read = cached(async () => {
      count += 1;
    }, options);
    await read('a');
    await read('a');
    expect(count).toBe(1);
  });

  it('does not keep a load that failed', async () => {
    let fail = true;
    const read = cached(async (key) => {
      if (fail) throw new Error('throttled');
      return key;
    }, options);
    const both = await Promise.allSettled([read('a'), read('a')]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    fail = false;
    expect(await read('a')).toBe('a');
  });

  it('does not let an old load that fails late throw out a newer one', async () => {
    const answers: ((ok: boolean) => void)[] = [];
    const read = cached(
      (key) => new Promise((resolve, reject) => answers.push((ok) => (ok ? resolve(key) : reject(new Error('late'))))),
      options,
    );
    const old = read('a').catch(() => 'failed');
    time = 100;
    const fresh = read('a');
    answers[1]?.(true);
    await fresh;
    answers[0]?.(false);
    expect(await old).toBe('failed');
    await read('a');
    expect(answers).toHaveLength(2);
  });

  it('holds no more keys than its limit: the oldest goes first', async () => {
    const read = cached(load, { ...options, limit: 2 });
    for (const key of ['a', 'b', 'c', 'b', 'a']) await read(key);
    expect(loads).toEqual(['a', 'b', 'c', 'a']);
  });
});

describe('what a cache is told', () => {
  it('is answered as if it had been loaded, for as long', async () => {
    const read = cached(load, options);
    await read('a');
    read.remember('a', 'told');
    expect(await read('a')).toBe('told');
    time = 100;
    expect(await read('a')).toBe('a2');
  });

  it('is not overwritten by a load that began before', async () => {
    let finish = (_: string): void => undefined;
    const slow = () =>
      new Promise<string>((resolve) => {
        finish = resolve;
      });
    const read = cached(slow, options);
    const loading = read('a');
    read.remember('a', 'told');
    finish('old');
    expect([await loading, await read('a')]).toEqual(['old', 'told']);
  });

  it('can be looked at without loading anything, however old it is', async () => {
    const read = cached(load, options);
    expect(read.peek('a')).toBeUndefined();
    await read('a');
    time = 1000;
    expect(await read.peek('a')).toBe('a1');
    expect(loads).toEqual(['a']);
  });
});
