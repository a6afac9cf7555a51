import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { eventually } from '../support/eventually';
import { useWorld } from '../support/world';

const world = useWorld();

const list = z.object({ pagination: z.object({ total: z.number(), total_is_exact: z.boolean() }) });

/** A tenant with one delivery, whose counters say `counts`. */
async function tenantWith(counts: Record<string, number>) {
  const [tenant, receiver] = [await world().tenant(), await world().receiver()];
  const { destinationId } = await tenant.routeTo(receiver.url);
  await tenant.reached(await tenant.publish(), 'delivered');
  const totalOf = async (path: string) => (await tenant.api.ok(list, 'GET', path)).pagination;
  const life = () => world().table.get({ pk: `STAT#ENV#${tenant.environment}`, sk: 'LIFE' });
  await eventually('the delivery to be counted', async () => (await life())?.n_delivered === 1);
  for (const subject of [`ENV#${tenant.environment}`, `DST#${destinationId}`]) {
    await world().table.change({ pk: `STAT#${subject}`, sk: 'LIFE' }, counts);
  }
  return { totalOf, destinationId };
}

describe('the total of a list', () => {
  test('is what the counters say where a list is long: all, by status, by destination, and dead letters', async () => {
    const { totalOf, destinationId } = await tenantWith({ n_delivered: 20_000, n_failed: 1_500, n_dead: 12_345 });
    const exactly = (total: number) => ({ total, total_is_exact: true });
    expect(await totalOf('/api/deliveries')).toEqual(exactly(21_500));
    expect(await totalOf('/api/deliveries?status=delivered')).toEqual(exactly(20_000));
    expect(await totalOf(`/api/deliveries?status=failed&destinationId=${destinationId}`)).toEqual(exactly(1_500));
    expect(await totalOf('/api/deliveries/dead-letter')).toEqual(exactly(12_345));
    expect(await totalOf(`/api/deliveries/dead-letter?destinationId=${destinationId}`)).toEqual(exactly(12_345));
  });

  test('is counted where a list is short or bounded by time, which is exact at once', async () => {
    const { totalOf } = await tenantWith({ n_delivered: 999, n_failed: 0, n_dead: 999 });
    const counted = (total: number) => ({ total, total_is_exact: true });
    expect(await totalOf('/api/deliveries')).toEqual(counted(1));
    expect(await totalOf('/api/deliveries/dead-letter')).toEqual(counted(0));
    expect(await totalOf('/api/deliveries?from=2020-01-01')).toEqual(counted(1));
  });
});
