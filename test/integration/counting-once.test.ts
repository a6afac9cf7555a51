import { expect, test } from 'vitest';
import { recordOf } from '../unit/aggregate/histories';
import { useWorld } from './support/world';

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
