import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CapacityCounter, type Units } from '../../bench/meters/capacity';
import { answer, type Behaviour } from './support/receiver';
import { startWorld, type World } from './support/world';

/** Units that one delivery may cost from publish to delivered. The design allows 8: what is left is for the statistics. */
const BUDGET: Units = { read: 2, write: 7 };

/**
 * Units that a retry may cost besides: the delivery's item stays within a kilobyte, and the second attempt has an item of its own
 * with two index entries, written together with the delivery's.
 */
const RETRY_BUDGET: Units = { read: 1.5, write: 11 };

const capacity = new CapacityCounter();
let world: World;

beforeAll(async () => {
  world = await startWorld('usual', { interceptors: [capacity.intercept] });
});

afterAll(async () => {
  await world?.stop();
});

/** A payload of 1 KB that hardly compresses: JSON with nothing but random bytes in base64. */
const payload = () => ({ data: randomBytes(800).toString('base64').slice(0, 1013) });

/** Fails each event once. */
function failsOnce(): Behaviour {
  const seen = new Set<unknown>();
  return (response, request) => {
    const id = request.headers['webhook-id'];
    const behave = seen.has(id) ? accepts : fails;
    seen.add(id);
    behave(response, request);
  };
}

/** Where most receivers stand: some headers, a short answer. */
const accepts = answer(200, { 'content-type': 'application/json', server: 'nginx/1.27.3' }, '{"ok":true}');
const fails = answer(503, { 'content-type': 'text/html', server: 'nginx/1.27.3' }, '<h1>Service Unavailable</h1>');

async function costOf(eventsAtOnce: number, behaviour: Behaviour = accepts): Promise<Units> {
  const tenant = await world.tenant();
  const { url } = await world.receiver(behaviour);
  await tenant.routeTo(url, { destination: { retry_policy: { max_attempts: 2, schedule: [1] } } });
  // The first events pay for what a warm function remembers for some seconds: the key, the destination.
  const deliver = async () => {
    const ids = await tenant.publishBatch(Array.from({ length: eventsAtOnce }, () => ({ payload: payload() })));
    for (const id of ids) await tenant.reached(id, 'delivered');
  };
  await deliver();
  capacity.reset();
  await deliver();
  const units = capacity.unitsOf('ingest', 'route', 'deliver');
  return { read: units.read / eventsAtOnce, write: units.write / eventsAtOnce };
}

describe('a delivery of a payload of 1 KB that succeeds at first', () => {
  test('stays within its budget of capacity', async () => {
    expect(JSON.stringify(payload())).toHaveLength(1024);
    const { read, write } = await costOf(1);
    expect(write).toBeLessThanOrEqual(BUDGET.write);
    expect(read).toBeLessThanOrEqual(BUDGET.read);
    expect(write).toBeGreaterThan(0);
  });

  test('costs no more as one of many', async () => {
    const { read, write } = await costOf(50);
    expect(write).toBeLessThanOrEqual(BUDGET.write);
    expect(read).toBeLessThanOrEqual(BUDGET.read);
  });
});

describe('a delivery that succeeds at the second attempt', () => {
  test('stays within its budget of capacity', async () => {
    const { read, write } = await costOf(1, failsOnce());
    expect(write).toBeLessThanOrEqual(BUDGET.write + RETRY_BUDGET.write);
    expect(read).toBeLessThanOrEqual(BUDGET.read + RETRY_BUDGET.read);
    expect(write).toBeGreaterThan(BUDGET.write);
  });
});
