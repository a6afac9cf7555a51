import { describe, expect, test } from 'vitest';
import type { Faults } from '../../local/faults/faults';
import { Random } from '../../local/faults/random';
import { recordOf } from '../unit/aggregate/histories';
import { eventually } from './support/eventually';
import { verdict } from './support/verdict';
import { useOwnWorld, useWorld, type World } from './support/world';

describe('a batch that is invoked by hand', () => {
  const world = useWorld();

  const record = (n: number) =>
    recordOf(undefined, {
      ...{ pk: `EVT#${n}`, sk: 'DLV#0001', env: 'env_once', dst: `dst_${n}`, con: 'con_1', status: 'delivered' },
      ...{ createdAt: new Date().toISOString(), first: { latencyMs: 20 } },
    });

  test('batches that are repeated, longer, shorter and cut anew count each record once in the table', async () => {
    const records = Array.from({ length: 90 }, (_, n) => record(n));
    const counted = async (from: number, to: number) => {
      await world().stack.invoke('aggregate', { Records: records.slice(from, to) });
      const life = await world().table.get({ pk: 'STAT#ENV#env_once', sk: 'LIFE' });
      return life?.n_delivered;
    };
    // Three items for each destination: this batch takes more than one transaction.
    expect(await counted(0, 60)).toBe(60);
    expect(await counted(0, 60)).toBe(60);
    expect(await counted(0, 70)).toBe(70);
    expect(await counted(0, 20)).toBe(70);
    expect(await counted(20, 25)).toBe(70);
    expect(await counted(25, 65)).toBe(70);
    expect(await counted(65, 80)).toBe(80);
    expect(await counted(0, 90)).toBe(90);
  });
});

describe('a stream of four shards', () => {
  const EVENTS = 150;
  const random = new Random(9, 'counting once');
  const done = { cut: 0, repeated: 0 };
  const faults: Faults = {
    cut: (name, size) => {
      if (name !== 'aggregate' || size < 2 || !random.chance(0.6)) return size;
      done.cut += 1;
      return random.between(1, size - 1);
    },
    repeat: (name) => {
      if (name !== 'aggregate' || !random.chance(0.5)) return undefined;
      done.repeated += 1;
      return random.between(0, 50);
    },
  };
  const world = useOwnWorld('usual', { faults, streamShards: 4 });

  test('whose batches run side by side, are repeated and cut anew is counted once', async () => {
    const tenant = await world().tenant();
    const [one, two] = [await world().receiver(), await world().receiver()];
    await tenant.routeTo(one.url);
    await tenant.routeTo(two.url);
    // What piles up meanwhile makes batches in every shard at once.
    world().stack.pauseMapping('aggregate');
    const publish = () => tenant.publishBatch(Array.from({ length: EVENTS / 3 }, (_, n) => ({ payload: { n } })));
    await publish();
    await publish();
    const { watch, stop } = watchBusy(world(), 'aggregate');
    world().stack.resumeMapping('aggregate');
    await publish();
    await eventually(
      'all deliveries to be delivered',
      async () => (await tenant.deliveries({ status: 'delivered' })).pagination.total === 2 * EVENTS,
      120_000,
    );
    const found = await verdict(world(), tenant);
    stop();
    expect(found).toMatchObject({ consistent: true });
    expect(found.report).toContain(`${2 * EVENTS} deliveries were read`);
    expect(watch.most).toBeGreaterThan(1);
    expect(done.cut).toBeGreaterThan(3);
    expect(done.repeated).toBeGreaterThan(3);
  }, 240_000);
});

/** The most workers of a function that were busy at a time. */
function watchBusy({ stack }: World, name: string) {
  const watch = { most: 0 };
  const timer = setInterval(() => {
    watch.most = Math.max(watch.most, stack.busyWorkers(name).length);
  }, 5);
  return { watch, stop: () => clearInterval(timer) };
}
