import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { destinationKey } from '../../lambdas/store/table/addresses';
import { eventually } from './support/eventually';
import { retryEvery } from './support/factories';
import { answer, hang, type Receiver } from './support/receiver';
import type { Tenant } from './support/tenant';
import { useOwnWorld } from './support/world';

/** The settings of the stack that these tests run. */
const THRESHOLD = 5;
const COOL_DOWN_MS = 600_000;

/** A message whose worker was killed is visible again after 24 seconds. */
const PATIENCE_MS = 100_000;

const world = useOwnWorld('breaking');

const time = z.string().nullable();
const circuitAnswer = z.object({
  circuit: z.object({
    circuit_state: z.string(),
    failure_count: z.number(),
    opened_at: time,
    next_probe_at: time,
    parked: z.number(),
  }),
});

/** A destination as its owner sees it, and what is behind it. */
interface Target {
  readonly tenant: Tenant;
  readonly receiver: Receiver;
  readonly id: string;
}

async function target(behaviour = answer(503), destination = {}): Promise<Target> {
  const [tenant, receiver] = [await world().tenant(), await world().receiver(behaviour)];
  const { destinationId } = await tenant.routeTo(receiver.url, { destination });
  return { tenant, receiver, id: destinationId };
}

const circuit = async ({ tenant, id }: Target) =>
  (await tenant.api.ok(circuitAnswer, 'GET', `/v1/destinations/${id}/circuit`)).circuit;

const stored = async ({ tenant, id }: Target) =>
  z
    .object({ circuit: z.looseObject({ state: z.string() }).optional(), drainingSince: z.number().optional() })
    .parse(await world().table.get(destinationKey(tenant.environment, id)));

/** Publishes numbered events and answers with their ids. */
const publish = async ({ tenant }: Target, count: number, from = 0): Promise<string[]> =>
  tenant.publishBatch(Array.from({ length: count }, (_, n) => ({ payload: { n: from + n } })));

const untilState = (one: Target, state: string) =>
  eventually(`the circuit to be ${state}`, async () => {
    const seen = await circuit(one);
    if (seen.circuit_state !== state) throw new Error(`It is ${JSON.stringify(seen)}.`);
    return seen;
  });

/**
 * Fails until the breaker opens; answers with the events that did it. On a busy machine a worker may be stopped before it
 * could count its failure, so there may be some more than the threshold.
 */
async function open(one: Target): Promise<string[]> {
  const ids = await publish(one, THRESHOLD);
  for (const id of ids) await one.tenant.reached(id, 'failed', PATIENCE_MS);
  for (let more = 0; more < 5 && (await circuit(one)).circuit_state === 'closed'; more += 1) {
    await sleep(1000);
    if ((await circuit(one)).circuit_state !== 'closed') break;
    ids.push(...(await publish(one, 1)));
    await eventually('one more to fail or to wait', async () => {
      const { total } = (await one.tenant.deliveries({ status: 'failed' })).pagination;
      return total === ids.length || (await circuit(one)).parked > 0;
    });
  }
  await untilState(one, 'open');
  return ids;
}

/** Publishes one event after the other, and waits until each is parked; oldest first. */
async function park(one: Target, count: number, from = 0): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) ids.push(...(await publish(one, 1, from + n)));
  for (const id of ids) await one.tenant.reached(id, 'circuit_open', PATIENCE_MS);
  return ids;
}

/** A warm instance may act on what it read of a destination some seconds ago; a new one reads it anew. */
const renewInstances = () => world().stack.killWorkers('deliver');

const sweep = () => world().stack.invoke('sweep', {});

/** Lets the cool-down be over, or the lease of a probe, which take minutes. */
async function passTime(one: Target): Promise<void> {
  const { circuit } = await stored(one);
  const past = { ...(circuit?.state === 'open' ? { probeAt: 1 } : { probeUntil: 1 }) };
  await world().table.change(destinationKey(one.tenant.environment, one.id), { circuit: { ...circuit, ...past } });
  await renewInstances();
}

const numbersOf = (receiver: Receiver) =>
  receiver.requests.map(({ body }) => z.object({ n: z.number() }).parse(JSON.parse(body.toString('utf8'))).n);

describe('failures in a row', () => {
  test('open the circuit: what comes then waits, spends no attempt, and reaches the receiver no more', async () => {
    const one = await target();
    await open(one);
    await renewInstances();
    const before = one.receiver.requests.length;
    const ids = await park(one, 10, THRESHOLD);
    expect(before).toBeGreaterThanOrEqual(THRESHOLD);
    expect(one.receiver.requests).toHaveLength(before);
    const states = await Promise.all(ids.map((id) => one.tenant.reached(id, 'circuit_open')));
    expect(new Set(states.map(({ attemptCount }) => attemptCount))).toEqual(new Set([0]));
    expect(await circuit(one)).toEqual({
      ...{ circuit_state: 'open', failure_count: expect.any(Number), parked: 10 },
      ...{ opened_at: expect.any(String), next_probe_at: expect.any(String) },
    });
    expect(await one.tenant.api.call('GET', `/v1/destinations/${one.id}`)).toMatchObject({
      body: { destination: { status: 'active', circuit: { state: 'open', consecutive_failures: expect.any(Number) } } },
    });
  }, 240_000);

  test('stop a flood: the receiver sees what was on its way, and no more', async () => {
    const one = await target();
    const ids = await publish(one, 100);
    await eventually(
      'everything to have failed or to wait',
      async () => {
        const failed = (await one.tenant.deliveries({ status: 'failed' })).pagination.total;
        return failed + (await circuit(one)).parked === ids.length;
      },
      PATIENCE_MS,
    );
    // A batch of ten is sent side by side, and an instance sees at once what its own writes have answered.
    expect(one.receiver.requests.length).toBeLessThan(ids.length / 2);
  }, 120_000);

  test('that a success interrupts do not open it', async () => {
    let request = 0;
    const one = await target((response) => {
      request += 1;
      response.writeHead(request % THRESHOLD === 0 ? 200 : 500).end();
    });
    for (let n = 0; n < 3 * THRESHOLD; n += 1) {
      const [id = ''] = await publish(one, 1, n);
      await one.tenant.reached(id, (n + 1) % THRESHOLD === 0 ? 'delivered' : 'failed');
    }
    expect(await circuit(one)).toMatchObject({ circuit_state: 'closed', failure_count: 0, opened_at: null, parked: 0 });
  });

  test('of one destination leave the others alone', async () => {
    const one = await target();
    const other = await world().receiver();
    await one.tenant.routeTo(other.url, { destination: { name: 'Healthy' } });
    const ids = await publish(one, 20);
    await eventually('all events at the healthy one', () => other.requests.length >= ids.length, PATIENCE_MS);
    await untilState(one, 'open');
  }, 120_000);
});

describe('the probe', () => {
  test('is the oldest parked delivery; its failure keeps the circuit open twice as long', async () => {
    const one = await target(answer(503), retryEvery(1, 1));
    await open(one);
    await renewInstances();
    const before = await stored(one);
    const parked = await park(one, 3, 100);
    await passTime(one);
    await sweep();
    const [oldest = '', ...rest] = parked;
    await one.tenant.reached(oldest, 'failed');
    await eventually('the circuit to be open again', async () => (await stored(one)).circuit?.trips === 2);
    const { circuit: after } = await stored(one);
    expect(after).toMatchObject({ state: 'open', openedAt: before.circuit?.openedAt });
    expect(Number(after?.probeAt) - Date.now()).toBeGreaterThan(COOL_DOWN_MS);
    expect(Number(before.circuit?.probeAt) - Number(before.circuit?.openedAt)).toBe(COOL_DOWN_MS);
    for (const id of rest) await one.tenant.reached(id, 'circuit_open');
    expect(numbersOf(one.receiver).filter((n) => n >= 100)).toEqual([100]);
  });

  test('that succeeds closes the circuit, and all that is parked arrives, the oldest resumed first', async () => {
    const one = await target();
    await open(one);
    await renewInstances();
    const parked = await park(one, 12, 100);
    one.receiver.behave(answer(200));
    await passTime(one);
    await sweep();
    await untilState(one, 'closed');
    await renewInstances();
    world().stack.pauseMapping('deliver');
    await sweep();
    const resumedAt: number[] = [];
    for (const id of parked.slice(1)) {
      const { id: deliveryId } = await one.tenant.reached(id, 'pending');
      resumedAt.push(Number((await world().table.delivery(deliveryId)).updatedAt));
    }
    expect(resumedAt).toEqual(resumedAt.toSorted((a, b) => a - b));
    world().stack.resumeMapping('deliver');
    for (const id of parked) expect(await one.tenant.reached(id, 'delivered')).toMatchObject({ attemptCount: 1 });
    const arrived = numbersOf(one.receiver).filter((n) => n >= 100);
    expect([arrived[0], arrived.toSorted((a, b) => a - b)]).toEqual([100, parked.map((_, n) => 100 + n)]);
    expect(await circuit(one)).toMatchObject({ failure_count: 0, opened_at: null, parked: 0 });
  });

  test('may be a delivery that comes when the cool-down is over', async () => {
    const one = await target();
    await open(one);
    one.receiver.behave(answer(200));
    await passTime(one);
    const [id = ''] = await publish(one, 1, 100);
    expect(await one.tenant.reached(id, 'delivered')).toMatchObject({ attemptCount: 1 });
    await untilState(one, 'closed');
  });

  test('is one, however many workers could send it', async () => {
    const one = await target(answer(503));
    await open(one);
    await passTime(one);
    const before = one.receiver.requests.length;
    const ids = await publish(one, 20, 100);
    await eventually('all but one to wait', async () => (await circuit(one)).parked === ids.length - 1, PATIENCE_MS);
    // The one that is let through fails, and the circuit is open again: it was open all the while that it was waited for.
    await eventually('the next probe to be due later', async () => {
      const { circuit_state, next_probe_at } = await circuit(one);
      return circuit_state === 'open' && Date.parse(next_probe_at ?? '') > Date.now();
    });
    expect(one.receiver.requests).toHaveLength(before + 1);
    const lines = world().stack.logs('deliver');
    expect(lines.filter((line) => line.includes(one.id) && line.includes('circuit probing'))).toHaveLength(1);
  }, 120_000);

  test('whose worker was killed is replaced when its lease is over', async () => {
    const one = await target();
    await open(one);
    await renewInstances();
    await park(one, 2, 100);
    one.receiver.behave(hang);
    await passTime(one);
    await sweep();
    await eventually('the probe at the receiver', () => numbersOf(one.receiver).some((n) => n === 100));
    await renewInstances();
    expect(await circuit(one)).toMatchObject({ circuit_state: 'half_open', next_probe_at: null });
    one.receiver.behave(answer(200));
    await passTime(one);
    await sweep();
    await untilState(one, 'closed');
    await eventually(
      'everything that was parked',
      async () => {
        await sweep();
        const seen = new Set(numbersOf(one.receiver).filter((n) => n >= 100));
        const { total } = (await one.tenant.deliveries({ status: 'delivered' })).pagination;
        return seen.size === 2 && total === 2;
      },
      PATIENCE_MS,
    );
  }, 180_000);
});

describe('by hand', () => {
  test('a reset closes the circuit and drains it, without a probe', async () => {
    const one = await target();
    await open(one);
    await renewInstances();
    const parked = await park(one, 3, 100);
    one.receiver.behave(answer(200));
    const reset = await one.tenant.api.call('POST', `/v1/destinations/${one.id}/circuit/reset`);
    expect(reset).toMatchObject({ status: 200, body: { circuit: { circuit_state: 'closed', failure_count: 0 } } });
    await renewInstances();
    await sweep();
    for (const id of parked) expect(await one.tenant.reached(id, 'delivered')).toMatchObject({ attemptCount: 1 });
  });

  test('pausing takes over from the breaker: no probe is sent until it is resumed, and nothing is lost', async () => {
    const one = await target();
    await open(one);
    await renewInstances();
    const parked = await park(one, 3, 100);
    one.receiver.behave(answer(200));
    await one.tenant.pause(one.id);
    await renewInstances();
    expect(await circuit(one)).toMatchObject({ circuit_state: 'open', next_probe_at: null, parked: 3 });
    await sweep();
    for (const id of parked) expect(await one.tenant.reached(id, 'circuit_open')).toMatchObject({ attemptCount: 0 });
    await one.tenant.resume(one.id);
    await renewInstances();
    expect(await circuit(one)).toMatchObject({ circuit_state: 'closed' });
    await sweep();
    for (const id of parked) await one.tenant.reached(id, 'delivered');
  });

  test('a delivery that is retried while the circuit is open waits again, or is the probe when one is due', async () => {
    const one = await target();
    const [dead = ''] = await open(one);
    await renewInstances();
    const { id } = await one.tenant.reached(dead, 'failed');
    expect(await one.tenant.retry(id)).toMatchObject({ status: 200 });
    expect(await one.tenant.reached(dead, 'circuit_open')).toMatchObject({ attemptCount: 0 });
    one.receiver.behave(answer(200));
    await passTime(one);
    expect(await one.tenant.retry(id)).toMatchObject({ status: 200 });
    expect(await one.tenant.reached(dead, 'delivered')).toMatchObject({ attemptCount: 1 });
    await untilState(one, 'closed');
  });
});

describe('what is parked', () => {
  test('is told on all four surfaces in their own words', async () => {
    const one = await target();
    await open(one);
    await renewInstances();
    const [eventId = ''] = await park(one, 1, 100);
    const { tenant } = one;
    const read = async (path: string) => JSON.stringify((await tenant.api.call('GET', path)).body);
    const { id } = await tenant.reached(eventId, 'circuit_open');
    expect(await read('/api/deliveries?status=circuit_open')).toContain(id);
    expect(await read(`/api/deliveries?status=circuit_open&destinationId=${one.id}`)).toContain(id);
    const items = await read(`/v1/delivery/items?event_id=${eventId}&status=in_flight`);
    expect(items).toContain('in_flight');
    const attempts = await read(`/v1/delivery-attempts?event_id=${eventId}&status=pending`);
    expect(attempts).toContain('"pending"');
  });

  test('waits on when the destination is deleted for no longer than the next sweep', async () => {
    const one = await target();
    await open(one);
    await renewInstances();
    const [eventId = ''] = await park(one, 1, 100);
    await one.tenant.api.call('DELETE', `/v1/destinations/${one.id}`);
    await renewInstances();
    expect((await one.tenant.deliveries({ status: 'circuit_open' })).pagination.total).toBe(1);
    await sweep();
    expect(await one.tenant.reached(eventId, 'failed')).toMatchObject({ error: 'The destination was deleted' });
  });
});

test('opening, probing and closing are log lines, and metrics', async () => {
  const one = await target();
  await open(one);
  one.receiver.behave(answer(200));
  await passTime(one);
  await publish(one, 1);
  await untilState(one, 'closed');
  const lines = () => world().stack.logs('deliver');
  const told = lines()
    .filter((text) => text.includes('"circuit ') && text.includes(one.id))
    .map((text) => z.object({ message: z.string() }).parse(JSON.parse(text)).message);
  expect(told).toEqual(['circuit opened', 'circuit probing', 'circuit closed']);
  for (const name of ['CircuitOpened', 'CircuitHalfOpened', 'CircuitClosed']) {
    await eventually(`the metric ${name}`, () =>
      lines().some((text) => text.includes(`"${name}":`) && text.includes('_aws')),
    );
  }
});
