import { describe, expect, it } from 'vitest';
import { firstUnrouted, type Hour, isOverFor } from '../../../lambdas/statistics/hours';

const HOUR_MS = 3_600_000;
const SETTLED_MS = HOUR_MS / 2;

/** Ten minutes to an hour, so that the hour before the last one is settled. */
const NOW = Date.parse('2026-03-12T10:50:00Z');

const hour = (start: number, events: number, routed: number): Hour => ({
  start: Math.floor(NOW / HOUR_MS) * HOUR_MS - start * HOUR_MS,
  open: 0,
  events,
  routed,
});
const first = (hours: readonly Hour[], from = 0) => firstUnrouted(hours, from, NOW, SETTLED_MS);

describe('an hour whose events may not have been routed', () => {
  it('has more events than have become deliveries, and is over for a while', () => {
    expect(first([hour(3, 5, 5), hour(2, 5, 4), hour(1, 5, 3)])).toEqual(hour(2, 5, 4));
    expect(first([hour(2, 5, 5), hour(1, 5, 5)])).toBeUndefined();
    expect(first([hour(0, 5, 1)])).toBeUndefined();
  });

  it('is told once: those before the position are not told again', () => {
    const [older, newer] = [hour(3, 5, 4), hour(2, 5, 4)];
    expect(first([older, newer, hour(1, 1, 1)], newer.start)).toEqual(newer);
    expect(first([older, newer], newer.start + HOUR_MS)).toBeUndefined();
  });

  it('is not told while routing is behind: nothing that came later was routed either', () => {
    expect(first([hour(3, 5, 2), hour(2, 5, 0), hour(1, 5, 0)])).toBeUndefined();
    expect(first([hour(3, 5, 2), hour(2, 5, 0), hour(1, 5, 1)])).toEqual(hour(3, 5, 2));
  });

  it('is told even then when the stream can have no record of it any more', () => {
    expect(first([hour(27, 5, 2), hour(1, 5, 0)])).toEqual(hour(27, 5, 2));
  });

  it('is told when nothing came after it', () => {
    expect(first([hour(2, 1, 0)])).toEqual(hour(2, 1, 0));
  });

  it('is over when its end is', () => {
    expect(isOverFor(hour(1, 0, 0), HOUR_MS / 2, NOW)).toBe(true);
    expect(isOverFor(hour(1, 0, 0), HOUR_MS, NOW)).toBe(false);
  });
});
