import { describe, expect, test } from 'vitest';
import { planCalls } from '../../../soak/workload/payloads';

const plans = planCalls(300, 11).flat();

describe('the plan of what is published', () => {
  test('follows from the seed', () => {
    expect(planCalls(50, 3)).toEqual(planCalls(50, 3));
    expect(planCalls(50, 3)).not.toEqual(planCalls(50, 4));
  });

  test('has as many events as were asked for, each with bytes of its own', () => {
    expect(plans.map(({ serial }) => serial)).toEqual(Array.from({ length: 300 }, (_, n) => n));
    expect(new Set(plans.map(({ bytes }) => bytes.toString('base64'))).size).toBe(300);
  });

  test('has every way in, with keys and without, text and bytes that are none', () => {
    expect(new Set(plans.map(({ way }) => way))).toEqual(new Set(['alone', 'in a batch', 'through a source']));
    expect(plans.some(({ key }) => key === undefined)).toBe(true);
    expect(plans.some(({ key }) => key !== undefined)).toBe(true);
    expect(plans.some(({ contentType }) => contentType === 'application/octet-stream')).toBe(true);
  });

  test('spells JSON in a way that parsing and writing it again would not give', () => {
    for (const { contentType, bytes, to } of plans.filter((one) => one.contentType === 'application/json')) {
      expect(contentType).toBe('application/json');
      const value: { to: unknown } = JSON.parse(bytes.toString('utf8'));
      expect(value.to).toEqual(to);
      expect(JSON.stringify(value)).not.toBe(bytes.toString('utf8'));
    }
  });

  test('gives all events of a call one key', () => {
    for (const call of planCalls(300, 12)) expect(new Set(call.map(({ key }) => key)).size).toBe(1);
  });
});
