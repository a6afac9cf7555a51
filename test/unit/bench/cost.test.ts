import { describe, expect, it } from 'vitest';
import { billFor, egressPrice, gigabyteSeconds, scaled, storagePrice, totalOf } from '../../../bench/cost/bill';
import { overruns } from '../../../bench/cost/budgets';
import { EMPTY_RECEIVES, idleMonth, idleTotal } from '../../../bench/cost/idle';
import { monthOf, monthTotal, type Result, resultOf } from '../../../bench/cost/result';
import { SCENARIOS } from '../../../bench/cost/scenarios';
import type { FunctionReading, Reading } from '../../../bench/meters/meter';
import { PRICES } from '../../../bench/prices/prices';
import { storedBytes } from '../../../bench/support/stored';

const GB = 1024 ** 3;

const facts = { logicalId: 'Fn', name: 'deliver', memoryMb: 512, arm: true, platformLogs: false };
const working = (overrides: Partial<FunctionReading> = {}): FunctionReading => ({
  ...{ facts, invocations: 1_000_000, durationMs: 100, hereMs: 3, cpuMs: 1, records: 0, uses: [], logBytes: 0 },
  ...{ units: { read: 0, write: 0 }, indexWrites: 0 },
  ...overrides,
});
const reading = (overrides: Partial<Reading> = {}): Reading => ({
  ...{ functions: [], queueRequests: {}, schedules: 0, apiCalls: 0, metrics: [] },
  ...overrides,
});

describe('the bill', () => {
  it('prices capacity units at the list price', () => {
    const functions = [working({ invocations: 0, units: { read: 2_000_000, write: 8_000_000 } })];
    expect(billFor(reading({ functions }), PRICES, 0).dynamoDb).toBeCloseTo(8 * 0.625 + 2 * 0.125);
  });

  it('prices invocations and gigabyte-seconds by the architecture', () => {
    const arm = working();
    const x86 = working({ facts: { ...facts, arm: false } });
    expect(gigabyteSeconds(arm)).toBeCloseTo(50_000);
    expect(billFor(reading({ functions: [arm] }), PRICES, 0).lambda).toBeCloseTo(0.2 + 50_000 * 0.0000133334);
    expect(billFor(reading({ functions: [x86] }), PRICES, 0).lambda).toBeCloseTo(0.2 + 50_000 * 0.0000166667);
  });

  it('rounds each invocation up to a whole millisecond', () => {
    expect(gigabyteSeconds(working({ durationMs: 1.2 }))).toBe(gigabyteSeconds(working({ durationMs: 2 })));
  });

  it('adds the fair queue to every request', () => {
    const queueRequests = { SendMessageBatch: 400_000, 'Lambda receives': 600_000 };
    expect(billFor(reading({ queueRequests }), PRICES, 0).sqs).toBeCloseTo(0.5);
  });

  it('prices calls, schedules, log bytes and the access log', () => {
    const functions = [working({ invocations: 0, logBytes: GB })];
    const bill = billFor(reading({ functions, apiCalls: 1_000_000, schedules: 1_000_000 }), PRICES, 200);
    expect(bill).toMatchObject({ apiGateway: expect.closeTo(1), scheduler: expect.closeTo(1), logs: 0.5 });
    expect(bill.accessLog).toBeCloseTo(((200 * 1_000_000) / GB) * 0.5);
    expect(totalOf(scaled(bill, 2))).toBeCloseTo(2 * (2.5 + bill.accessLog));
  });

  it('prices storage by table and indexes, recovery by the table alone, for as long as items are kept', () => {
    const month = 365 / 12;
    expect(storagePrice({ table: 2 * GB, indexes: GB }, month, PRICES)).toBeCloseTo(3 * 0.25 + 2 * 0.2);
    expect(storagePrice({ table: GB, indexes: 0 }, 2 * month, PRICES)).toBeCloseTo(2 * 0.45);
  });

  it('prices what is sent to the internet', () => {
    expect(egressPrice(GB, PRICES)).toBeCloseTo(0.09);
  });
});

describe('what an item takes', () => {
  it('is its size and 100 bytes, and for each index it is in its keys and 100 bytes', () => {
    const item = { pk: 'a', sk: 'b', tlPk: 'c', tlSk: 'd', dstPk: 'not in the index without a sort key' };
    expect(storedBytes({ pk: 'a', sk: 'b' })).toEqual({ table: 6 + 100, indexes: 0 });
    expect(storedBytes(item).indexes).toBe('pkaskbtlPkctlSkd'.length + 100);
  });
});

describe('a budget', () => {
  const budget = { dollars: 7, target: 6 };

  it('holds up to its very limit, to the cent', () => {
    expect(overruns('x', budget, 7.004)).toEqual([]);
    expect(overruns('x', undefined, 70)).toEqual([]);
  });

  it('says what is over it', () => {
    expect(overruns('x', budget, 7.5)).toEqual(['x: $7.50, the budget is $7.00']);
  });
});

describe('a month in which nothing happens', () => {
  it('costs alarms, own metrics, long polls and the sweep', () => {
    const sweeps = reading({ functions: [working({ invocations: 10, durationMs: 1000 })], metrics: ['Oldest'] });
    const idle = idleMonth(25, sweeps, 10, PRICES);
    expect(EMPTY_RECEIVES).toBe(657_000);
    expect(idle).toMatchObject({ alarms: 2.5, metrics: 0.3, pollers: expect.closeTo(0.3285) });
    expect(idle.sweep).toBeCloseTo(43_800 * (0.2e-6 + 0.5 * 0.0000133334 + 1e-6));
    expect(idleTotal(idle)).toBeCloseTo(2.5 + 0.3 + 0.3285 + idle.sweep);
  });
});

describe('a month', () => {
  const [scenario] = SCENARIOS;
  const measured = {
    reading: reading({ apiCalls: 200, metrics: ['Oldest', 'AttemptsSucceeded'] }),
    stored: { table: 200 * 1000, indexes: 200 * 500 },
    sentBytes: 200 * 2000,
  };
  const sizes = { route: 1, deliver: 1, countedEvents: 1, countedRecords: 3 };
  const settings = { accessLogBytes: 0, retentionDays: 365 / 12 };
  const result = scenario && resultOf(scenario, sizes, measured, PRICES, settings);

  it('is of what a million deliveries cost, keep and send', () => {
    expect(result).toMatchObject({ deliveries: 200, dollars: expect.closeTo(1), storedBytes: 1500 });
    expect(result?.storage).toBeCloseTo(((1500 * 0.25 + 1000 * 0.2) * 1_000_000) / GB);
    expect(result?.sentBytes).toBe(2000 + 1024 + 300);
    expect(result?.egress).toBeCloseTo((3324 * 0.09 * 1_000_000) / GB);
  });

  it('adds what a stack costs anyhow, and the metrics that only a stack writes which delivers', () => {
    const month = monthOf(10, result as Result, 3, ['Oldest'], PRICES);
    expect(month).toMatchObject({ idle: 3, metrics: expect.closeTo(0.3), deliveries: expect.closeTo(10) });
    expect(monthTotal(month)).toBeCloseTo(3.3 + 10 + month.storage + month.egress);
  });
});
