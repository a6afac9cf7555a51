import { describe, expect, it } from 'vitest';
import { verdictOf } from '../../../lambdas/functions/deliver/attempt';
import { resultOf } from '../../../lambdas/functions/deliver/transports/http/http-transport';

const detail = {
  requestUrl: 'https://x.example/',
  requestMethod: 'POST',
  requestHeaders: {},
  requestBodyBytes: 0,
  responseHeaders: {},
};

/** An attempt that was answered like this, by the destination and its mirrors in turn. */
function exchange(statusCodes: readonly number[], accepted: readonly string[] = []) {
  const answers = statusCodes.map((statusCode) => {
    return { kind: 'response', statusCode, headers: {}, body: new Uint8Array(), latencyMs: 5 } as const;
  });
  const exchanges = answers.map((answer) => ({ target: detail.requestUrl, result: resultOf(answer, 0), detail }));
  return { exchanges, accepted };
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
    expect(verdictOf({ ...exchange([500]), exchanges: [] })).toBe('nothing');
  });
});
