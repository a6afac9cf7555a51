import { afterEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { readHours } from '../../lambdas/statistics/hours';
import { rateLimitKey } from '../../lambdas/store/table/addresses';
import { eventually } from './support/eventually';
import { retryEvery } from './support/factories';
import { anHourLater, count, hoursAgo, moveDelivery, strand, unroute } from './support/past';
import { answer, type Behaviour, inTurn } from './support/receiver';
import type { RouteParts } from './support/tenant';
import { useOwnWorld } from './support/world';

const world = useOwnWorld();

const NONE = { deadLetters: 0, probes: 0, stranded: 0, late: 0, unrouted: 0 };
const MINUTE_MS = 60_000;

const swept = z.object({ repairs: z.record(z.string(), z.number()), oldestSeconds: z.number() });
const sweep = async () => swept.parse(await world().stack.invoke('sweep', {}));

async function scene(parts: RouteParts = {}, ...behaviours: readonly Behaviour[]) {
  const receiver = await world().receiver(inTurn(...behaviours));
  const tenant = await world().tenant();
  return { receiver, tenant, ...(await tenant.routeTo(receiver.url, parts)) };
}

/** What was made just now counts as open: these tests move deliveries, and the counters do not follow. */
const isRecent = (seconds: number) => seconds < 3600;

afterEach(() => world().stack.resumeMapping('deliver'));

// One after another: a run of the sweep is about all environments.
describe('the sweep', () => {
  test('needs no repair while deliveries are made, refused and retried', async () => {
    const { tenant } = await scene({ destination: retryEvery(1, 3) }, answer(500), answer(200));
    const ids = await tenant.publishBatch(Array.from({ length: 40 }, (_, n) => ({ payload: { n } })));
    expect((await sweep()).repairs).toEqual(NONE);
    for (const id of ids) await tenant.reached(id, 'delivered');
    for (let run = 0; run < 3; run += 1) expect((await sweep()).repairs).toEqual(NONE);
    await eventually('everything to be settled', async () => (await sweep()).oldestSeconds === 0);
  });

  test('enqueues a delivery whose message is gone, and it is delivered once', async () => {
    const { tenant, receiver } = await scene({}, answer(200));
    world().stack.pauseMapping('deliver');
    const eventId = await strand(world(), tenant);
    const { repairs, oldestSeconds } = await sweep();
    expect(repairs).toEqual({ ...NONE, stranded: 1 });
    expect(oldestSeconds).toBeGreaterThanOrEqual(2 * 60 * 60);
    expect((await sweep()).repairs).toEqual(NONE);
    world().stack.resumeMapping('deliver');
    await tenant.reached(eventId, 'delivered');
    await world().queues.untilEmpty('delivery');
    expect(receiver.requests).toHaveLength(1);
    expect((await sweep()).repairs).toEqual(NONE);
  });

  test('enqueues a delivery whose worker is gone together with its message', async () => {
    const { tenant, receiver } = await scene({}, answer(200));
    world().stack.pauseMapping('deliver');
    const eventId = await tenant.publish();
    const { id } = await tenant.reached(eventId, 'pending');
    await world().queues.waiting(eventId);
    await world().queues.loseDeliveries();
    const at = hoursAgo();
    const claim = (until: number) => ({ status: 'sent', claimId: 'gone', claims: 1, claimUntil: until });
    await count(world(), tenant, at, { n_open: 1 });
    await moveDelivery(world(), id, at, claim(Date.now() - 5 * MINUTE_MS));
    expect((await sweep()).repairs).toEqual(NONE);
    await moveDelivery(world(), id, at, claim(Date.now() - 31 * MINUTE_MS));
    expect((await sweep()).repairs).toEqual({ ...NONE, stranded: 1 });
    world().stack.resumeMapping('deliver');
    await tenant.reached(eventId, 'delivered');
    expect(receiver.requests).toHaveLength(1);
    expect((await sweep()).repairs).toEqual(NONE);
  });

  test('takes no delivery for lost while the queue has a backlog', async () => {
    const { tenant } = await scene({}, answer(200));
    world().stack.pauseMapping('deliver');
    const eventId = await strand(world(), tenant);
    const ids = await tenant.publishBatch(Array.from({ length: 100 }, (_, n) => ({ payload: { n } })));
    await tenant.publishBatch([{ payload: 1 }, { payload: 2 }]);
    await eventually('a backlog', async () => (await world().queues.depth('delivery')) > 100);
    expect((await sweep()).repairs).toEqual(NONE);
    world().stack.resumeMapping('deliver');
    await world().queues.untilEmpty('delivery');
    for (const id of ids) await tenant.reached(id, 'delivered');
    expect((await sweep()).repairs).toEqual({ ...NONE, stranded: 1 });
    await tenant.reached(eventId, 'delivered');
    expect((await sweep()).repairs).toEqual(NONE);
  }, 120_000);

  test('finds a delivery whose message is gone however old it is, within an hour, and tells its age until then', async () => {
    const { tenant, receiver } = await scene({}, answer(200));
    world().stack.pauseMapping('deliver');
    await eventually('the counters to follow', async () => isRecent((await sweep()).oldestSeconds));
    const [eventId, other] = [await strand(world(), tenant, 9 * 24), await strand(world(), tenant, 60)];
    expect(await sweep()).toMatchObject({ repairs: NONE, oldestSeconds: expect.toSatisfy(isRecent) });
    await anHourLater(world(), tenant);
    const { repairs, oldestSeconds } = await sweep();
    expect(repairs).toEqual({ ...NONE, stranded: 2 });
    expect(oldestSeconds).toBeGreaterThanOrEqual(9 * 24 * 60 * 60);
    expect((await sweep()).repairs).toEqual(NONE);
    world().stack.resumeMapping('deliver');
    await tenant.reached(eventId, 'delivered');
    await tenant.reached(other, 'delivered');
    expect(receiver.requests).toHaveLength(2);
    await eventually('the counters to follow', async () => isRecent((await sweep()).oldestSeconds));
  });

  test('finds a delivery whose message has expired also while the queue has a backlog', async () => {
    const { tenant } = await scene({}, answer(200));
    world().stack.pauseMapping('deliver');
    await sweep();
    const [expired, younger] = [await strand(world(), tenant, 97), await strand(world(), tenant, 95)];
    await tenant.publishBatch(Array.from({ length: 100 }, (_, n) => ({ payload: { n } })));
    await tenant.publish();
    await eventually('a backlog', async () => (await world().queues.depth('delivery')) === 101);
    await anHourLater(world(), tenant);
    expect((await sweep()).repairs).toEqual({ ...NONE, stranded: 1 });
    await eventually('its message', async () => (await world().queues.depth('delivery')) === 102);
    world().stack.resumeMapping('deliver');
    await tenant.reached(expired, 'delivered');
    await world().queues.untilEmpty('delivery');
    await anHourLater(world(), tenant);
    expect((await sweep()).repairs).toEqual({ ...NONE, stranded: 1 });
    await tenant.reached(younger, 'delivered');
  }, 120_000);

  test('takes no delivery for lost that may be waiting for its turn at a destination with a rate limit', async () => {
    const { tenant, destinationId } = await scene({ destination: { rate_limit: 2 } }, answer(200));
    world().stack.pauseMapping('deliver');
    const eventId = await strand(world(), tenant);
    const line = rateLimitKey(destinationId, 2);
    await world().table.change(line, { free: Date.now() - 20 * MINUTE_MS });
    expect((await sweep()).repairs).toEqual(NONE);
    await world().table.change(line, { free: Date.now() - 31 * MINUTE_MS });
    expect((await sweep()).repairs).toEqual({ ...NONE, stranded: 1 });
    world().stack.resumeMapping('deliver');
    await tenant.reached(eventId, 'delivered');
    expect((await sweep()).repairs).toEqual(NONE);
  });

  test('enqueues a retry that is long due, and none that is not', async () => {
    const { tenant, receiver } = await scene({ destination: retryEvery(3600, 3) }, answer(500), answer(200));
    const eventId = await tenant.publish();
    const { id } = await tenant.reached(eventId, 'retrying');
    const at = hoursAgo();
    await moveDelivery(world(), id, at, { nextAttemptAt: Date.now() - 14 * MINUTE_MS });
    expect((await sweep()).repairs).toEqual(NONE);
    await moveDelivery(world(), id, at, { nextAttemptAt: Date.now() - 16 * MINUTE_MS });
    expect(await sweep()).toMatchObject({ repairs: { ...NONE, late: 1 }, oldestSeconds: expect.any(Number) });
    expect(await tenant.reached(eventId, 'delivered')).toMatchObject({ attemptCount: 2 });
    expect(receiver.requests).toHaveLength(2);
    expect((await sweep()).repairs).toEqual(NONE);
  });

  test('has an event routed whose record the stream has lost, and no event that matched nothing', async () => {
    const filter_rules = [{ field: 'body.order', operator: 'eq', value: 42 }];
    const { tenant, receiver } = await scene({ connection: { filter_rules } }, answer(200));
    const [lost, routed] = [await tenant.publish(), await tenant.publish()];
    const unmatched = await tenant.publish({ payload: { order: 7 } });
    const { id } = await tenant.reached(lost, 'delivered');
    await tenant.reached(routed, 'delivered');
    await eventually('the mark', async () => (await tenant.eventStatus(unmatched)) === 'no_routes');
    // The sweep leaves an hour alone while it seems that nothing that came later was routed, either.
    await eventually('the counters to follow', async () => {
      const hours = await readHours(world().table.table, tenant.environment, Date.now());
      return hours.reduce((sum, { routed }) => sum + routed, 0) === 2;
    });
    const at = hoursAgo();
    await unroute(world(), lost, at, id);
    await unroute(world(), unmatched, at);
    await count(world(), tenant, at, { n_events: 2 });
    expect((await sweep()).repairs).toEqual({ ...NONE, unrouted: 1 });
    await tenant.reached(lost, 'delivered');
    expect(await tenant.eventStatus(unmatched)).toBe('no_routes');
    expect(receiver.requests).toHaveLength(3);
    expect((await sweep()).repairs).toEqual(NONE);
  });

  test('leaves it to a call as well to have such an event routed', async () => {
    const { tenant, receiver } = await scene({}, answer(200));
    const eventId = await tenant.publish();
    const { id } = await tenant.reached(eventId, 'delivered');
    await unroute(world(), eventId, hoursAgo(), id);
    const call = await tenant.api.call('POST', `/v1/events/${eventId}/retry`);
    expect(call).toMatchObject({ status: 200, body: { retried: 1 } });
    await tenant.reached(eventId, 'delivered');
    expect(receiver.requests).toHaveLength(2);
  });
});
