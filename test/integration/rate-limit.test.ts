import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { eventually } from './support/eventually';
import type { ReceivedRequest } from './support/receiver';
import { useWorld } from './support/world';

const world = useWorld();

/** The most requests in any window of a second, by the receiver's clock. */
function busiestSecond(requests: readonly ReceivedRequest[]): number {
  const times = requests.map(({ at }) => at);
  return Math.max(...times.map((start) => times.filter((at) => at >= start && at < start + 1000).length));
}

describe('a destination with a rate limit', () => {
  test('gets no more than its limit a second, gets everything, and holds up no other', async () => {
    const [tenant, limited, free] = [await world().tenant(), await world().receiver(), await world().receiver()];
    const { destinationId } = await tenant.routeTo(limited.url, { destination: { rate_limit: 10 } });
    await tenant.routeTo(free.url, { destination: { name: 'Unlimited' } });
    const ids = await tenant.publishBatch(Array.from({ length: 60 }, (_, n) => ({ payload: { n } })));
    await eventually('everything at the unlimited one', () => free.requests.length >= 60, 100_000);
    const limitedThen = limited.requests.length;
    await eventually('everything at the limited one', () => limited.requests.length >= 60, 100_000);
    const listed = () => tenant.deliveries({ destinationId, status: 'delivered', pageSize: 100 });
    await eventually('everything to be delivered', async () => (await listed()).data.length === ids.length);
    expect(limitedThen).toBeLessThan(60);
    expect(new Set((await listed()).data.map(({ attemptCount }) => attemptCount))).toEqual(new Set([1]));
    // Each is sent once, and again only where a busy machine has stopped its worker before it could record that.
    const numbers = limited.requests.map(
      ({ body }) => z.object({ n: z.number() }).parse(JSON.parse(body.toString())).n,
    );
    expect(new Set(numbers).size).toBe(60);
    const busiest = busiestSecond(limited.requests);
    // Turns are a tenth of a second apart. A worker that is a second late still goes, so two seconds may fall into one.
    expect(busiest).toBeLessThanOrEqual(20);
    const times = limited.requests.map(({ at }) => at);
    process.stdout.write(
      `60 at 10 a second: busiest second ${busiest}, all in ${Math.max(...times) - Math.min(...times)} ms\n`,
    );
  }, 240_000);

  test('is shown and changed: null takes the limit away, and what waited for its turn goes on', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver()];
    const { destinationId } = await tenant.routeTo(receiver.url, { destination: { rate_limit: 0.5 } });
    const path = `/v1/destinations/${destinationId}`;
    const shape = z.object({ destination: z.object({ rate_limit: z.number().nullable() }) });
    expect((await tenant.api.ok(shape, 'GET', path)).destination.rate_limit).toBe(0.5);
    await tenant.publishBatch(Array.from({ length: 5 }, (_, n) => ({ payload: { n } })));
    await eventually('the first one', () => receiver.requests.length > 0);
    const changed = await tenant.api.ok(shape, 'PATCH', path, { json: { rate_limit: null } });
    expect(changed.destination.rate_limit).toBeNull();
    await eventually('all of them', () => receiver.requests.length === 5);
  });

  test.each([0, -1, 1001, '10', true])('refuses a limit of %j', async (rate_limit) => {
    const tenant = await world().tenant();
    const json = { name: 'x', url: 'http://127.0.0.1:9/', rate_limit };
    expect(await tenant.api.call('POST', '/v1/destinations', { json })).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('rate_limit') },
    });
  });
});
