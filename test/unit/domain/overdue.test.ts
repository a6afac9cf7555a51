import { describe, expect, it } from 'vitest';
import { DELIVERY_STATUSES } from '../../../lambdas/domain/delivery';
import { isCutOff, isLate, isStranded, LATE_MS, mayWaitInLine, STRANDED_MS } from '../../../lambdas/domain/overdue';
import { NOW } from '../support/records';

const LONG_AGO = NOW - STRANDED_MS - 1;

describe('a delivery whose message is gone', () => {
  it('is one that was due long ago, or whose worker is gone for long, and no other', () => {
    const old = { updatedAt: LONG_AGO, claimUntil: LONG_AGO, nextAttemptAt: LONG_AGO };
    const stranded = DELIVERY_STATUSES.filter((status) => isStranded({ status, ...old }, NOW));
    expect(stranded.sort()).toEqual(['pending', 'sent']);
  });

  it('is told with patience: the longest delay of a message is shorter', () => {
    expect(isStranded({ status: 'pending', updatedAt: NOW - STRANDED_MS }, NOW)).toBe(false);
    expect(isStranded({ status: 'sent', updatedAt: LONG_AGO, claimUntil: NOW - STRANDED_MS }, NOW)).toBe(false);
    expect(isStranded({ status: 'pending', updatedAt: LONG_AGO }, NOW)).toBe(true);
    expect(isStranded({ status: 'sent', updatedAt: LONG_AGO, claimUntil: LONG_AGO }, NOW)).toBe(true);
  });
});

describe('a delivery whose next attempt was never enqueued', () => {
  it('is one that is retrying and late', () => {
    const nextAttemptAt = NOW - LATE_MS - 1;
    const late = DELIVERY_STATUSES.filter((status) => isLate({ status, updatedAt: 0, nextAttemptAt }, NOW));
    expect(late).toEqual(['retrying']);
    expect(isLate({ status: 'retrying', updatedAt: 0, nextAttemptAt: NOW - LATE_MS }, NOW)).toBe(false);
    expect(isLate({ status: 'retrying', updatedAt: 0 }, NOW)).toBe(false);
  });
});

describe('a line at a destination with a rate limit', () => {
  it('explains why deliveries wait as long as somebody is in it, and for a while after', () => {
    expect(mayWaitInLine(NOW + 1, NOW)).toBe(true);
    expect(mayWaitInLine(NOW - STRANDED_MS, NOW)).toBe(true);
    expect(mayWaitInLine(LONG_AGO, NOW)).toBe(false);
    expect(mayWaitInLine(undefined, NOW)).toBe(false);
  });
});

describe('an event without deliveries', () => {
  const createdAt = new Date(LONG_AGO).toISOString();

  it('was cut off when it is old and bears no mark', () => {
    expect(isCutOff({ createdAt }, NOW)).toBe(true);
    expect(isCutOff({ createdAt, routing: 'no_routes' }, NOW)).toBe(false);
    expect(isCutOff({ createdAt: new Date(NOW).toISOString() }, NOW)).toBe(false);
  });

  it('is given time after routing was asked for', () => {
    expect(isCutOff({ createdAt, routing: 'requested', retryAt: NOW }, NOW)).toBe(false);
    expect(isCutOff({ createdAt, routing: 'requested', retryAt: LONG_AGO }, NOW)).toBe(true);
  });
});
