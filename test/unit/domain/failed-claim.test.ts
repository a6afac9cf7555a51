import { describe, expect, it } from 'vitest';
import { readFailedClaim, type UnclaimedDelivery } from '../../../lambdas/domain/failed-claim';
import { BASE, DESTINATION, ENVIRONMENT, NOW } from '../support/records';

const message = {
  ...{ base: BASE, ordinal: 1, environment: ENVIRONMENT, destination: DESTINATION },
  attempt: 2,
  token: 'token-1',
  messageId: 'message-1',
};

const read = (delivery: UnclaimedDelivery | undefined) => readFailedClaim(delivery, message);

describe('a message that could not claim its attempt', () => {
  it('is dropped when the delivery no longer exists', () => {
    expect(read(undefined)).toEqual({ kind: 'drop', why: 'gone' });
  });

  it.each(['delivered', 'pending', 'sent', 'circuit_open', 'schema_failed'] as const)(
    'is dropped when its attempt was made and the delivery is %s',
    (status) => {
      expect(read({ status, made: 2, claimUntil: NOW })).toEqual({ kind: 'drop', why: 'settled' });
    },
  );

  it('makes sure of the retry that follows on its attempt', () => {
    expect(read({ status: 'retrying', made: 2, nextAttemptAt: NOW + 5 })).toEqual({
      kind: 'ensure-retry',
      nextAttemptAt: NOW + 5,
    });
  });

  it('leaves the retry alone that follows on a later attempt: another message is in charge of it', () => {
    expect(read({ status: 'retrying', made: 3, nextAttemptAt: NOW })).toEqual({ kind: 'drop', why: 'settled' });
  });

  it('waits while another worker is at the attempt', () => {
    expect(read({ status: 'sent', made: 1, claimUntil: NOW + 9 })).toEqual({ kind: 'busy', until: NOW + 9 });
  });

  it('is dropped while the delivery is parked: resuming enqueues it again', () => {
    expect(read({ status: 'circuit_open', made: 1 })).toEqual({ kind: 'drop', why: 'parked' });
  });

  it.each(['failed', 'partial'] as const)('is dying when the delivery %s and this is its dying message', (status) => {
    const dead = { status, made: 2, deathToken: 'token-1', deathMessageId: 'message-1' };
    expect(read(dead)).toEqual({ kind: 'dying' });
  });

  it.each(['failed', 'partial'] as const)('was redriven when it comes back under another id after %s', (status) => {
    const dead = { status, made: 2, deathToken: 'token-1', deathMessageId: 'message-0' };
    expect(read(dead)).toEqual({ kind: 'redriven' });
  });

  it('is a stray duplicate when the delivery died by another message, under whatever id', () => {
    const dead = { status: 'failed', made: 2, deathToken: 'token-0', deathMessageId: 'message-1' } as const;
    expect(read(dead)).toEqual({ kind: 'drop', why: 'stale' });
  });

  it('is dropped when a dead delivery knows of no dying message', () => {
    expect(read({ status: 'failed', made: 2 })).toEqual({ kind: 'drop', why: 'stale' });
  });

  it.each(['delivered', 'schema_failed', 'pending', 'retrying'] as const)(
    'is dropped as stale when its attempt does not fit a delivery that is %s',
    (status) => {
      expect(read({ status, made: 0 })).toEqual({ kind: 'drop', why: 'stale' });
    },
  );
});
