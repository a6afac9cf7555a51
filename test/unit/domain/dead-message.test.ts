import { describe, expect, it } from 'vitest';
import { type DeadMessageDelivery, QUIET_MS, readDeadMessage } from '../../../lambdas/domain/dead-message';
import { NOW } from '../support/records';

const LONG_AGO = NOW - QUIET_MS - 1;

/** The second attempt of a delivery is what the message asks for. */
const read = (delivery: Partial<DeadMessageDelivery> | undefined) => {
  const stored = delivery && { status: 'failed' as const, made: 2, updatedAt: LONG_AGO, ...delivery };
  return readDeadMessage(stored, { attempt: 2, token: 'token-1' }, NOW).kind;
};

describe('a message in the dead-letter queue', () => {
  it.each(['failed', 'partial'] as const)(
    'has an open dead letter when its delivery is %s with its token',
    (status) => {
      expect(read({ status, deathToken: 'token-1' })).toBe('open');
    },
  );

  it.each([
    ['no longer exists', undefined],
    ['has forgotten the token, because its dead letter was closed', {}],
    ['died again, by another message', { made: 3, deathToken: 'token-2' }],
    ['was delivered', { status: 'delivered' }],
    ['was put back for another round', { status: 'pending' }],
    ['is being sent in another round', { status: 'sent', claimUntil: LONG_AGO }],
    ['waits for its destination', { status: 'circuit_open', made: 1 }],
    ['is retried in another round', { status: 'retrying', made: 3, nextAttemptAt: LONG_AGO }],
  ] as const)('is stale when its delivery %s', (_, delivery) => {
    expect(read(delivery)).toBe('stale');
  });

  it.each([
    ['pending', {}],
    ['retrying', { nextAttemptAt: LONG_AGO }],
    ['sent', { claimUntil: LONG_AGO }],
  ] as const)('was never recorded when its delivery has been %s for long', (status, times) => {
    expect(read({ status, made: 1, ...times })).toBe('unrecorded');
  });

  it.each([
    ['changed a moment ago', { status: 'pending', updatedAt: NOW }],
    ['has a claim that was live a moment ago', { status: 'sent', claimUntil: NOW - 1 }],
    ['was due a moment ago', { status: 'retrying', nextAttemptAt: NOW }],
  ] as const)('is left for later when its delivery %s', (_, delivery) => {
    expect(read({ made: 1, ...delivery })).toBe('unsettled');
  });

  it('means a lost retry when its own attempt is the last one made and the next is long due', () => {
    expect(read({ status: 'retrying', nextAttemptAt: LONG_AGO })).toBe('retry-lost');
    expect(read({ status: 'retrying', nextAttemptAt: NOW + 1 })).toBe('unsettled');
  });

  it('is foreign when it asks for an attempt that its delivery has not come to', () => {
    expect(read({ status: 'pending', made: 0 })).toBe('foreign');
  });
});
