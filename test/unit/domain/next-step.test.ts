import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AttemptResult, ERROR_CODES } from '../../../lambdas/domain/attempt';
import { nextStep, nextStepOfAll } from '../../../lambdas/domain/next-step';
import { resultOf } from '../../../lambdas/functions/deliver/transports/http/http-transport';
import { NOW } from '../support/records';

const random = () => 0.5;
const policy = { maxAttempts: 3, schedule: [10, 60] };
const answered = (statusCode: number, headers: Record<string, string> = {}): AttemptResult => {
  return resultOf({ kind: 'response', statusCode, headers, body: new Uint8Array(), latencyMs: 1 }, NOW);
};
const broken = (code: (typeof ERROR_CODES)[number]): AttemptResult => {
  return { kind: 'error', failure: { code, message: 'broken' }, latencyMs: 1 };
};

describe('what follows from an attempt', () => {
  it('is the end for every 2xx, and for nothing else', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), (status) => {
        const { kind } = nextStep(answered(status), 1, policy, random);
        expect(kind === 'delivered').toBe(status >= 200 && status <= 299);
        expect(answered(status).kind === 'accepted').toBe(status >= 200 && status <= 299);
      }),
    );
  });

  it.each([301, 302, 307, 308, 400, 401, 404, 422, 429, 500, 503, 599])('is a retry after %i', (status) => {
    expect(nextStep(answered(status), 1, policy, random)).toEqual({ kind: 'retry', delaySeconds: 10 });
    expect(nextStep(answered(status), 2, policy, random)).toEqual({ kind: 'retry', delaySeconds: 60 });
  });

  it.each(ERROR_CODES)('is a retry after %s', (code) => {
    expect(nextStep(broken(code), 1, policy, random)).toEqual({ kind: 'retry', delaySeconds: 10 });
  });

  it('is death after 410, which pauses the destination, although attempts are left', () => {
    expect(nextStep(answered(410), 1, policy, random)).toEqual({ kind: 'dead', pauseDestination: true });
  });

  it('is death when the last attempt of the round has failed', () => {
    expect(nextStep(answered(500), 3, policy, random)).toEqual({ kind: 'dead', pauseDestination: false });
    expect(nextStep(broken('timeout'), 4, policy, random)).toEqual({ kind: 'dead', pauseDestination: false });
  });

  it('is a retry at the time that Retry-After names', () => {
    const until = new Date(NOW + 500_000).toUTCString();
    expect(nextStep(answered(429, { 'retry-after': '100' }), 1, policy, random)).toMatchObject({ delaySeconds: 100 });
    expect(nextStep(answered(503, { 'retry-after': until }), 1, policy, random)).toMatchObject({ delaySeconds: 500 });
    expect(nextStep(answered(503, { 'retry-after': '200000' }), 1, policy, random)).toMatchObject({
      delaySeconds: 86_400,
    });
  });

  it('never goes on for ever: a round has no more attempts than its policy allows', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 300, max: 599 }), (maxAttempts, status) => {
        let made = 1;
        while (nextStep(answered(status), made, { maxAttempts, schedule: [1] }, random).kind === 'retry') made += 1;
        expect(made).toBe(status === 410 ? 1 : maxAttempts);
      }),
    );
  });
});

describe('what follows from an attempt at several targets', () => {
  const follows = (results: readonly AttemptResult[], accepted = false, inRound = 1) =>
    nextStepOfAll(results, accepted, inRound, policy, random);
  const gone = answered(410);

  it('is what follows from its only result when there is one', () => {
    for (const status of [200, 301, 410, 500, 503]) {
      for (const attempt of [1, 2, 3]) {
        expect(follows([answered(status)], false, attempt)).toEqual(
          nextStep(answered(status), attempt, policy, random),
        );
      }
    }
  });

  it('is the end when all accepted, or when nothing was left to be sent', () => {
    expect(follows([answered(200), answered(204)], true)).toEqual({ kind: 'delivered' });
    expect(follows([], true)).toEqual({ kind: 'delivered' });
  });

  it('is a retry when one of them failed, at the latest time that one asked for', () => {
    const asked = (seconds: string) => answered(503, { 'retry-after': seconds });
    expect(follows([asked('100'), asked('900'), answered(200)], true)).toEqual({ kind: 'retry', delaySeconds: 900 });
  });

  it('is a retry although one of them is gone', () => {
    expect(follows([gone, answered(500)])).toEqual({ kind: 'retry', delaySeconds: 10 });
  });

  it('is death when all that are left are gone, and pauses the destination only when nobody accepted', () => {
    expect(follows([gone, gone])).toEqual({ kind: 'dead', pauseDestination: true });
    expect(follows([gone, answered(200)], true)).toEqual({ kind: 'dead', pauseDestination: false });
    expect(follows([gone], true)).toEqual({ kind: 'dead', pauseDestination: false });
    expect(follows([gone, answered(500)], false, 3)).toEqual({ kind: 'dead', pauseDestination: false });
  });
});
