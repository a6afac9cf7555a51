import { describe, expect, it } from 'vitest';
import type { AttemptResult } from '../../../lambdas/domain/attempt';
import { type Exchange, verdictOf } from '../../../lambdas/functions/deliver/try-once';

const response = (statusCode: number): AttemptResult => ({
  kind: 'response',
  statusCode,
  headers: {},
  body: new Uint8Array(),
  latencyMs: 5,
});
const outgoing = {
  url: 'https://x.example/',
  method: 'POST',
  headers: {},
  body: new Uint8Array(),
  timeoutMs: 1,
} as const;

/** An attempt that was answered like this, by the destination and its mirrors in turn. */
function exchange(statusCodes: readonly number[], accepted: readonly string[] = []): Exchange {
  const results = statusCodes.map(response);
  const [first = response(0)] = results;
  const shown = results.find((one) => one.kind === 'response' && one.statusCode >= 300) ?? first;
  return { startedAt: 0, outgoing, result: shown, results, accepted };
}

describe('what an attempt says about its destination', () => {
  it('is that it works, when any of its targets accepted, however dead a mirror is', () => {
    expect(verdictOf(exchange([200]))).toBe('success');
    expect(verdictOf(exchange([200, 503], ['a']))).toBe('success');
    expect(verdictOf(exchange([503, 204], ['b']))).toBe('success');
  });

  it('is that it fails, when none of them accepted', () => {
    expect(verdictOf(exchange([500]))).toBe('failure');
    expect(verdictOf(exchange([500, 503]))).toBe('failure');
  });

  it('is nothing, when others accepted before, when it is gone, and when nothing was sent', () => {
    expect(verdictOf(exchange([503], ['a']))).toBe('nothing');
    expect(verdictOf(exchange([410]))).toBe('nothing');
    expect(verdictOf({ ...exchange([500]), outgoing: undefined })).toBe('nothing');
  });
});
