import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CapacityCounter, type Units } from '../../bench/meters/capacity';
import { WIDTHS, type Width } from '../../lambdas/statistics/buckets';
import { anHourLater, countIn } from './support/past';
import type { Tenant } from './support/tenant';
import { startWorld, type World } from './support/world';

const capacity = new CapacityCounter();
let world: World;

beforeAll(async () => {
  world = await startWorld('usual', { interceptors: [capacity.intercept] });
});

afterAll(() => world?.stop());

async function costOfSweep(): Promise<Units> {
  capacity.reset();
  await world.stack.invoke('sweep', {});
  return capacity.unitsOf('sweep');
}

/** What a bucket holds when so many deliveries were delivered, and all of their events routed. */
const settled = (deliveries: number) => ({
  ...{ n_open: 0, n_delivered: deliveries, n_events: deliveries, n_routed: deliveries, latency_sum: 80 * deliveries },
  ...Object.fromEntries(Array.from({ length: 120 }, (_, bin) => [`h${bin + 200}`, Math.ceil(deliveries / 120)])),
});

/** Fills the buckets of the last hours or minutes. */
async function fill(tenant: Tenant, width: Width, buckets: number, deliveries: number, open: number): Promise<void> {
  const now = Date.now();
  for (let n = 0; n < buckets; n += 1) {
    const counts = { ...settled(deliveries), ...(n === 0 && { n_open: open }) };
    await countIn(world, tenant, width, now - n * WIDTHS[width].ms, counts);
  }
}

describe('a run of the sweep that has nothing to repair', () => {
  test('writes nothing, and reads a few units for each environment', async () => {
    const tenant = await world.tenant();
    // The schedule starts one run together with the stack.
    await costOfSweep();
    const idle = await costOfSweep();
    await fill(tenant, 'hour', 48, 41_667, 50);
    await fill(tenant, 'minute', 60, 694, 50);
    const busy = await costOfSweep();
    process.stdout.write(
      `a run over an idle environment: ${JSON.stringify(idle)}; a million a day: ${JSON.stringify(busy)}\n`,
    );
    expect(idle.write + busy.write).toBe(0);
    expect(idle.read).toBeLessThanOrEqual(12);
    expect(busy.read).toBeLessThanOrEqual(40);
  });

  test('looks at the hours that are older than two days once an hour', async () => {
    const tenant = await world.tenant();
    await costOfSweep();
    const idle = await costOfSweep();
    await fill(tenant, 'hour', 900, 41_667, 0);
    const between = await costOfSweep();
    await anHourLater(world, tenant);
    const look = await costOfSweep();
    const after = await costOfSweep();
    process.stdout.write(`a look at 35 days of a million each: ${JSON.stringify(look)}\n`);
    expect([between.write, look.write, after.write]).toEqual([0, 1, 0]);
    expect(look.read).toBeLessThanOrEqual(idle.read + 300);
    expect(after).toEqual(between);
  });
});
