import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { admission, coolDownMs, giveBack, reopen, startProbe, trip } from '../../../lambdas/domain/breaker';
import { NOW } from '../support/records';

const settings = { threshold: 20, coolDownSeconds: 30, maxCoolDownSeconds: 900 };
const open = { state: 'open', token: 'a', openedAt: NOW, trips: 1, probeAt: NOW + 30_000 } as const;
const probing = { state: 'half_open', token: 'b', openedAt: NOW, trips: 1, probeUntil: NOW + 70_000 } as const;

describe('a closed circuit', () => {
  it('lets everything through', () => {
    expect(admission(undefined, NOW)).toBe('send');
  });

  it('opens at the threshold and not before, for the first cool-down', () => {
    expect(trip(19, settings, NOW, 'a')).toBeUndefined();
    expect(trip(20, settings, NOW, 'a')).toEqual(open);
    expect(trip(25, settings, NOW, 'a')).toEqual(open);
  });
});

describe('an open circuit', () => {
  it('parks until its cool-down is over, and then wants a probe', () => {
    expect(admission(open, NOW + 29_999)).toBe('park');
    expect(admission(open, NOW + 30_000)).toBe('probe');
  });
});

describe('a half-open circuit', () => {
  it('bears the token of its probe, and lets nothing else through while the lease holds', () => {
    expect(startProbe(open, NOW + 70_000, 'b')).toEqual(probing);
    expect(admission(probing, NOW + 70_000)).toBe('park');
  });

  it('wants another probe when the worker of the first is gone', () => {
    expect(admission(probing, NOW + 70_001)).toBe('probe');
  });

  it('opens again for twice as long when the probe fails, and remembers when it opened first', () => {
    const later = NOW + 40_000;
    expect(reopen(probing, settings, later, 'c')).toEqual({
      ...{ state: 'open', token: 'c', openedAt: NOW, trips: 2 },
      probeAt: later + 60_000,
    });
  });

  it('is due at once, its cool-down as it was, when the probe told nothing', () => {
    const back = giveBack(probing, NOW + 40_000, 'c');
    expect(back).toEqual({ state: 'open', token: 'c', openedAt: NOW, trips: 1, probeAt: NOW + 40_000 });
    expect(admission(back, NOW + 40_000)).toBe('probe');
  });
});

describe('the cool-down', () => {
  it('doubles up to its cap: 30 s, 1 min, 2 min, 4 min, 8 min, 15 min, 15 min', () => {
    const seconds = [1, 2, 3, 4, 5, 6, 7].map((trips) => coolDownMs(trips, settings) / 1000);
    expect(seconds).toEqual([30, 60, 120, 240, 480, 900, 900]);
  });

  it('is finite and never longer than its cap, however often a circuit has opened', () => {
    const positive = fc.integer({ min: 1, max: 86_400 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), positive, positive, (trips, first, cap) => {
        const ms = coolDownMs(trips, { threshold: 1, coolDownSeconds: first, maxCoolDownSeconds: cap });
        expect(ms).toBeGreaterThan(0);
        expect(ms).toBeLessThanOrEqual(cap * 1000);
      }),
    );
  });
});
