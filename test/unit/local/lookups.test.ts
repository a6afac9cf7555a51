import type { LookupAddress } from 'node:dns';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
// @ts-expect-error The functions' bootstrap runs as it is, so it and what it imports are plain JavaScript.
import { stallingLookup } from '../../../local/lambda/lookups.mjs';

type Callback = (error: Error | null, addresses?: LookupAddress[]) => void;

const LOOPBACK = [{ address: '127.0.0.1', family: 4 }];
const resolver = (_name: string, _options: object, callback: Callback) => callback(null, LOOPBACK);

/** Looks names up at the same time, and answers with what is there so far, by name. */
function lookUp(threads: number, names: readonly string[]): ReadonlyMap<string, unknown> {
  const lookup = stallingLookup(threads, resolver as never);
  const answers = new Map<string, unknown>();
  for (const name of names)
    lookup(name, { all: true }, (error: Error | null, addresses: unknown) => answers.set(name, error ?? addresses));
  return answers;
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('lookups of a local function', () => {
  it('get no answer for names under stalled.test, and fail when a resolver gives up', () => {
    const answers = lookUp(4, ['a.stalled.test']);
    vi.advanceTimersByTime(9_999);
    expect(answers.get('a.stalled.test')).toBeUndefined();
    vi.advanceTimersByTime(1);
    expect(answers.get('a.stalled.test')).toMatchObject({ code: 'EAI_AGAIN', hostname: 'a.stalled.test' });
  });

  it('wait when stalled names occupy half of the threads, as in libuv', () => {
    const names = ['a.stalled.test', 'b.stalled.test', 'localhost'];
    expect(lookUp(6, names).get('localhost')).toEqual(LOOPBACK);
    const answers = lookUp(4, names);
    expect(answers.get('localhost')).toBeUndefined();
    vi.advanceTimersByTime(10_000);
    expect(answers.get('localhost')).toEqual(LOOPBACK);
  });
});
