import { describe, expect, test } from 'vitest';
import { eventually } from './support/eventually';
import { retryEvery } from './support/factories';
import type { Behaviour } from './support/receiver';
import type { Tenant } from './support/tenant';
import { verdict } from './support/verdict';
import { useOwnWorld, type World } from './support/world';

/** Each is delivered to two destinations. */
const SIZES = [
  { deliveries: 200, tags: [] },
  { deliveries: 1000, tags: ['slow'] },
];

const PATIENCE_MS = 300_000;

/** Every tenth event is refused for good, every fifth of the others once. */
const mixed = (): Behaviour => {
  const seen = new Set<number>();
  return (response, { body }) => {
    const { n } = JSON.parse(body.toString('utf8'));
    const refused = n % 10 === 0 || (n % 5 === 1 && !seen.has(n));
    seen.add(n);
    response.writeHead(refused ? 503 : 200).end();
  };
};

async function publishAll(tenant: Tenant, events: number): Promise<void> {
  for (let start = 0; start < events; start += 100)
    await tenant.publishBatch(Array.from({ length: 100 }, (_, index) => ({ payload: { n: start + index } })));
}

const total = async (tenant: Tenant, status: string) => (await tenant.deliveries({ status })).pagination.total;

/**
 * Waits until every delivery has come to its end and nothing is on its way any more.
 *
 * @param deliveries how many there are
 * @param below so many may have failed at most
 * @returns how many have failed: on a busy machine some more than the receivers refuse
 */
const untilSettled = ({ queues }: World, tenant: Tenant, deliveries: number, below: number) =>
  eventually(
    'all deliveries to be delivered or dead',
    async () => {
      const [delivered, failed] = [await total(tenant, 'delivered'), await total(tenant, 'failed')];
      const waiting = await queues.depth('delivery');
      const dead = await queues.depth('dead');
      if (delivered + failed !== deliveries || failed >= below || waiting > 0 || dead !== failed)
        throw new Error(`Delivered are ${delivered}, failed ${failed}; in the queues are ${waiting} and ${dead}.`);
      return { failed };
    },
    PATIENCE_MS,
  );

describe.each(SIZES)('$deliveries deliveries with mixed outcomes', ({ deliveries, tags }) => {
  // Of its own: the queues and the table are counted as a whole.
  const world = useOwnWorld();
  const promise =
    'are told alike by the API, the statistics, the dead-letter queue and the table, before and after a redrive';
  test(promise, { tags, timeout: 600_000 }, async () => {
    const tenant = await world().tenant();
    const [first, second] = [await world().receiver(mixed()), await world().receiver(mixed())];
    await tenant.routeTo(first.url, { destination: retryEvery(0, 2) });
    await tenant.routeTo(second.url, { destination: { name: 'Second', ...retryEvery(0, 2) } });
    await publishAll(tenant, deliveries / 2);
    const { failed } = await untilSettled(world(), tenant, deliveries, deliveries);
    expect(failed).toBeGreaterThanOrEqual(deliveries / 10);
    expect(await verdict(world(), tenant)).toMatchObject({ consistent: true });

    first.behave((response) => void response.writeHead(200).end());
    await world().queues.redrive();
    expect((await untilSettled(world(), tenant, deliveries, failed)).failed).toBeGreaterThanOrEqual(deliveries / 20);
    await world().stack.invoke('sweep', {});
    const { consistent, report } = await verdict(world(), tenant);
    expect(report).toContain(`${deliveries} deliveries were read`);
    expect(report).toContain('Dead-letter queue: 3 figures, agree');
    expect([consistent, report]).toEqual([true, expect.not.stringContaining('DIFFER')]);
  });
});
