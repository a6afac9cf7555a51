import { SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { verify } from '../../bin/verify/verify';
import { STACK_CREDENTIALS } from '../../local/dynamodb/client';
import { REGION } from '../../local/template/template';
import { eventually } from './support/eventually';
import { retryEvery } from './support/factories';
import type { Behaviour } from './support/receiver';
import type { Tenant } from './support/tenant';
import { useOwnWorld } from './support/world';

const world = useOwnWorld();

const EVENTS = 500;
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

async function publishAll(tenant: Tenant): Promise<void> {
  for (let start = 0; start < EVENTS; start += 100)
    await tenant.publishBatch(Array.from({ length: 100 }, (_, index) => ({ payload: { n: start + index } })));
}

const total = async (tenant: Tenant, status: string) => (await tenant.deliveries({ status })).pagination.total;

/**
 * Waits until every delivery has come to its end and nothing is on its way any more.
 *
 * @param below so many may have failed at most
 * @returns how many have failed: on a busy machine some more than the receivers refuse
 */
const untilSettled = (tenant: Tenant, below: number) =>
  eventually(
    'all deliveries to be delivered or dead',
    async () => {
      const [delivered, failed] = [await total(tenant, 'delivered'), await total(tenant, 'failed')];
      const waiting = await world().queues.depth('delivery');
      const dead = await world().queues.depth('dead');
      if (delivered + failed !== 2 * EVENTS || failed >= below || waiting > 0 || dead !== failed)
        throw new Error(`Delivered are ${delivered}, failed ${failed}; in the queues are ${waiting} and ${dead}.`);
      return { failed };
    },
    PATIENCE_MS,
  );

async function verdict(tenant: Tenant) {
  const { table, stack } = { table: world().table.table, stack: world().stack };
  const sqs = new SQSClient({ endpoint: stack.endpoints.sqs, region: REGION, credentials: STACK_CREDENTIALS });
  const deadLetters = { sqs, url: stack.outputs.DeadLetterQueueUrl ?? '' };
  const api = { url: stack.apiUrl, key: tenant.key };
  const found = await verify({ table, api, deadLetters, days: 14, patienceSeconds: 60 }, Date.now);
  sqs.destroy();
  return found;
}

describe('a thousand deliveries with mixed outcomes', () => {
  test('are told alike by the API, the statistics, the dead-letter queue and the table, before and after a redrive', async () => {
    const tenant = await world().tenant();
    const [first, second] = [await world().receiver(mixed()), await world().receiver(mixed())];
    await tenant.routeTo(first.url, { destination: retryEvery(0, 2) });
    await tenant.routeTo(second.url, { destination: { name: 'Second', ...retryEvery(0, 2) } });
    await publishAll(tenant);
    const { failed } = await untilSettled(tenant, 2 * EVENTS);
    expect(failed).toBeGreaterThanOrEqual(EVENTS / 5);
    expect(await verdict(tenant)).toMatchObject({ consistent: true });

    first.behave((response) => void response.writeHead(200).end());
    await world().queues.redrive();
    expect((await untilSettled(tenant, failed)).failed).toBeGreaterThanOrEqual(EVENTS / 10);
    await world().stack.invoke('sweep', {});
    const { consistent, report } = await verdict(tenant);
    expect(report).toContain('1000 deliveries were read');
    expect(report).toContain('Dead-letter queue: 3 figures, agree');
    expect([consistent, report]).toEqual([true, expect.not.stringContaining('DIFFER')]);
  }, 600_000);
});
