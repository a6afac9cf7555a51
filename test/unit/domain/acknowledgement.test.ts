import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acknowledgementOf, type MessageOutcome } from '../../../lambdas/domain/acknowledgement';
import { NOW } from '../support/records';

describe('a message is acknowledged', () => {
  const done: MessageOutcome[] = [
    { kind: 'delivered' },
    { kind: 'retry-scheduled' },
    { kind: 'parked' },
    { kind: 'redriven' },
    { kind: 'retry-ensured' },
    { kind: 'renewed' },
    { kind: 'dropped', why: 'gone' },
    { kind: 'dropped', why: 'settled' },
    { kind: 'dropped', why: 'parked' },
    { kind: 'dropped', why: 'stale' },
  ];

  it.each(done)('when it was $kind ($why)', (outcome) => {
    expect(acknowledgementOf(outcome, NOW)).toEqual({ kind: 'acknowledge' });
  });
});

describe('a message stays in the queue', () => {
  it.each(['died', 'dying'] as const)('and is failed again at once when it has %s, until SQS moves it', (kind) => {
    expect(acknowledgementOf({ kind }, NOW)).toEqual({ kind: 'leave', visibleAfterSeconds: 0 });
  });

  it.each(['died', 'dying'] as const)(
    'for its visibility timeout when it has %s and SQS should have moved it',
    (kind) => {
      expect(acknowledgementOf({ kind }, NOW, true)).toEqual({ kind: 'leave' });
    },
  );

  it('until its visibility timeout ends when the claim was lost', () => {
    expect(acknowledgementOf({ kind: 'claim-lost' }, NOW)).toEqual({ kind: 'leave' });
  });

  it('until the claim of another worker has passed, and at least for a second', () => {
    fc.assert(
      fc.property(fc.integer({ min: -100_000, max: 100_000 }), (left) => {
        const answer = acknowledgementOf({ kind: 'busy', until: NOW + left }, NOW);
        expect(answer.kind).toBe('leave');
        const seconds = answer.kind === 'leave' ? (answer.visibleAfterSeconds ?? 0) : 0;
        expect(Number.isInteger(seconds)).toBe(true);
        expect(seconds).toBeGreaterThanOrEqual(1);
        expect(seconds * 1000).toBeGreaterThan(left);
        expect(seconds * 1000).toBeLessThanOrEqual(Math.max(1000, left + 2000));
      }),
    );
  });
});
