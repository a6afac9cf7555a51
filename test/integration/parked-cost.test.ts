import { isDeepStrictEqual } from 'node:util';
import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CapacityCounter, type Units } from '../../bench/meters/capacity';
import { newBase } from '../../lambdas/domain/identifiers';
import { attentionKeys, parseDelivery } from '../../lambdas/store/deliveries/delivery-items';
import { newDeliveryItem } from '../../lambdas/store/deliveries/new-delivery';
import { destinationKey } from '../../lambdas/store/table/addresses';
import { eventually } from './support/eventually';
import type { Tenant } from './support/tenant';
import { startWorld, type World } from './support/world';

const SHARDS = 4;

const capacity = new CapacityCounter();
let world: World;

beforeAll(async () => {
  world = await startWorld('breaking', { interceptors: [capacity.intercept] });
});

afterAll(async () => {
  await world?.stop();
});

/** Longer ago than the sweep looks through hours, and not so long that the table drops what is seeded. */
const SEEDED_AT = Date.now() - 7 * 86_400_000;

/** A delivery that waits, as routing and parking leave it. */
function parkedItem(tenant: Tenant, destination: string, n: number) {
  const at = SEEDED_AT + n;
  const ids = { organization: 'org_x', environment: tenant.environment, connection: 'con_x', destination };
  const delivery = { ...ids, base: newBase(at), ordinal: 1, cause: 'auto' as const, maxAttempts: 5 };
  const item = newDeliveryItem({ ...delivery, createdAt: new Date(at).toISOString() }, SHARDS, 30);
  return { ...item, status: 'circuit_open', ...attentionKeys(parseDelivery(item), 'circuit_open', SHARDS) };
}

async function seed(tenant: Tenant, destination: string, from: number, to: number): Promise<void> {
  const { documents, name } = world.table.table;
  for (let start = from; start < to; start += 25) {
    const numbers = Array.from({ length: Math.min(25, to - start) }, (_, n) => start + n);
    const requests = numbers.map((n) => ({ PutRequest: { Item: parkedItem(tenant, destination, n) } }));
    await documents.send(new BatchWriteCommand({ RequestItems: { [name]: requests } }));
  }
}

async function costOfSweep(): Promise<Units> {
  capacity.reset();
  await world.stack.invoke('sweep', {});
  return capacity.unitsOf('sweep');
}

/** The schedule starts a sweep of its own when the stack starts, and the first figures may be of both. */
async function untilAlone(): Promise<void> {
  let last = await costOfSweep();
  await eventually('the same figures twice', async () => {
    const before = last;
    last = await costOfSweep();
    return isDeepStrictEqual(last, before);
  });
}

const circuit = (probeAt: number) => ({ state: 'open', token: 'x', openedAt: 1, trips: 1, probeAt });

describe('thousands of parked deliveries', () => {
  test('cost nothing while they wait, and a probe costs the same however many they are', async () => {
    const tenant = await world.tenant();
    const { id } = await tenant.createDestination('http://127.0.0.1:9/');
    const setCircuit = (probeAt: number) =>
      world.table.change(destinationKey(tenant.environment, id), { circuit: circuit(probeAt), failures: 5 });
    // What the probe was resumed for is put back, so that both sweeps find the same.
    const probeCost = async () => {
      await setCircuit(1);
      world.stack.pauseMapping('deliver');
      return costOfSweep();
    };
    await seed(tenant, id, 0, 20);
    await setCircuit(Date.now() + 3_600_000);
    await untilAlone();
    const waiting = await costOfSweep();
    const probe = await probeCost();
    await seed(tenant, id, 20, 2_000);
    await setCircuit(Date.now() + 3_600_000);
    expect(await costOfSweep()).toEqual(waiting);
    expect(await probeCost()).toEqual(probe);
    expect(waiting.write).toBe(0);
    expect(probe.read).toBeGreaterThan(waiting.read);
    expect(await tenant.api.call('GET', `/v1/destinations/${id}/circuit`)).toMatchObject({
      body: { circuit: { parked: 1_998 } },
    });
    process.stdout.write(
      `a sweep with 2,000 parked: ${JSON.stringify(waiting)}; with a probe: ${JSON.stringify(probe)}\n`,
    );
  }, 300_000);
});
