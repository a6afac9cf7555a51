import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRetryAfter, resultOf } from '../../../lambdas/functions/deliver/transports/http/http-transport';
import { NOW } from '../support/records';

const resultOfStatus = (statusCode: number) =>
  resultOf({ kind: 'response', statusCode, headers: {}, body: new Uint8Array(), latencyMs: 1 }, NOW);

describe('the failure of an attempt', () => {
  it('is named by the registered words of its status', () => {
    expect(resultOfStatus(503).failure).toEqual({ code: 'http_error', message: 'Service Unavailable' });
    expect(resultOfStatus(599).failure).toEqual({ code: 'http_error', message: 'HTTP 599' });
  });

  it('keeps the code and text of what broke', () => {
    const broken = { kind: 'error', code: 'dns_error', message: 'broken', latencyMs: 1 } as const;
    expect(resultOf(broken, NOW).failure).toEqual({ code: 'dns_error', message: 'broken' });
  });

  it('is none for a success', () => {
    expect(resultOfStatus(204).failure).toBeUndefined();
  });
});

describe('Retry-After', () => {
  it.each([
    ['a number of seconds', '120', 120],
    ['zero', '0', 0],
    ['white space around it', ' 7 ', 7],
    ['a date', new Date(NOW + 90_000).toUTCString(), 90],
    ['a date with part of a second left', new Date(NOW + 90_000).toUTCString(), 91, NOW - 400],
    ['a date in the past', new Date(NOW - 90_000).toUTCString(), 0],
    ['a number that no integer holds', '9'.repeat(30), 1e30],
  ])('understands %s', (_, header, expected, now = NOW) => {
    expect(parseRetryAfter(header, now)).toBe(expected);
  });

  it.each([undefined, '', 'soon', '1,5', '-5', '1.5', '+3', '0x10', 'foo 2099', '2 minutes', '1e3'])(
    'reads nothing from %j',
    (header) => {
      expect(parseRetryAfter(header, NOW)).toBeUndefined();
    },
  );

  it('is never read as a negative wait or as no number', () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        const asked = parseRetryAfter(header, NOW);
        expect(asked === undefined || asked >= 0).toBe(true);
      }),
    );
  });
});
