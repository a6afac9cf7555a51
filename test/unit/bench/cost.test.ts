import { describe, expect, it } from 'vitest';
import { billFor, gigabyteSeconds, scaled, totalOf } from '../../../bench/cost/bill';
import { overruns } from '../../../bench/cost/budgets';
import type { FunctionReading, Reading } from '../../../bench/meters/meter';
import { PRICES } from '../../../bench/prices/prices';

const facts = { logicalId: 'Fn', name: 'deliver', memoryMb: 512, arm: true, platformLogs: false };
const working = (overrides: Partial<FunctionReading> = {}): FunctionReading => ({
  ...{ facts, invocations: 1_000_000, durationMs: 100, hereMs: 3, cpuMs: 1, records: 0 },
  ...{ units: { read: 0, write: 0 }, indexWrites: 0 },
  ...overrides,
});
const reading = (overrides: Partial<Reading> = {}): Reading => ({
  ...{ functions: [], queueRequests: 0, schedules: 0, apiCalls: 0, logBytes: 0 },
  ...overrides,
});

describe('the bill', () => {
  it('prices capacity units at the list price', () => {
    const functions = [working({ invocations: 0, units: { read: 2_000_000, write: 8_000_000 } })];
    expect(billFor(reading({ functions }), PRICES).dynamoDb).toBeCloseTo(8 * 0.625 + 2 * 0.125);
  });

  it('prices invocations and gigabyte-seconds by the architecture', () => {
    const arm = working();
    const x86 = working({ facts: { ...facts, arm: false } });
    expect(gigabyteSeconds(arm)).toBeCloseTo(50_000);
    expect(billFor(reading({ functions: [arm] }), PRICES).lambda).toBeCloseTo(0.2 + 50_000 * 0.0000133334);
    expect(billFor(reading({ functions: [x86] }), PRICES).lambda).toBeCloseTo(0.2 + 50_000 * 0.0000166667);
  });

  it('rounds each invocation up to a whole millisecond', () => {
    expect(gigabyteSeconds(working({ durationMs: 1.2 }))).toBe(gigabyteSeconds(working({ durationMs: 2 })));
  });

  it('adds the fair queue to every request', () => {
    expect(billFor(reading({ queueRequests: 1_000_000 }), PRICES).sqs).toBeCloseTo(0.5);
  });

  it('prices calls, schedules and log bytes', () => {
    const bill = billFor(reading({ apiCalls: 1_000_000, schedules: 1_000_000, logBytes: 1024 ** 3 }), PRICES);
    expect(bill).toMatchObject({ apiGateway: expect.closeTo(1), scheduler: expect.closeTo(1), logs: 0.5 });
    expect(totalOf(scaled(bill, 2))).toBeCloseTo(5);
  });
});

describe('a budget', () => {
  const budget = { units: { write: 8, read: 2 }, dollars: 7 };

  it('holds up to its very limits', () => {
    expect(overruns('x', budget, { units: { write: 8, read: 2 }, dollars: 7 })).toEqual([]);
  });

  it('says everything that is over it', () => {
    expect(overruns('x', budget, { units: { write: 8.01, read: 2.5 }, dollars: 7.5 })).toEqual([
      'x: 8.01 write units, the budget is 8',
      'x: 2.50 read units, the budget is 2',
      'x: $7.50 a million, the budget is $7',
    ]);
  });

  it('need not limit units', () => {
    expect(overruns('x', { dollars: 5.5 }, { units: { write: 99, read: 99 }, dollars: 5 })).toEqual([]);
  });
});
