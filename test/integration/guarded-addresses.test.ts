import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { destinationKey } from '../../lambdas/store/table/addresses';
import { ALLOWED_TARGETS, FORBIDDEN_TARGETS } from '../corpus/targets';
import { eventually } from './support/eventually';
import { destinationBody } from './support/factories';
import { useOwnWorld } from './support/world';

const world = useOwnWorld('guarded');

const MORE_OF_THE_API = { timeout: 180_000 };

describe('a stack that does not allow loopback', () => {
  test('refuses every forbidden target when it is saved or changed, and saves nothing', MORE_OF_THE_API, async () => {
    const tenant = await world().tenant();
    const { id } = await tenant.createDestination('https://example.com/');
    for (const [url] of FORBIDDEN_TARGETS) {
      const refused = { status: 400, body: { error: expect.stringMatching(/^url: /) } };
      const json = destinationBody(url);
      expect([url, await tenant.api.call('POST', '/v1/destinations', { json })]).toMatchObject([url, refused]);
      const change = await tenant.api.call('PATCH', `/v1/destinations/${id}`, { json: { url } });
      expect([url, change]).toMatchObject([url, refused]);
      const mirror = await tenant.api.call('PATCH', `/v1/destinations/${id}`, { json: { mirror_urls: [url] } });
      const blamed = { status: 400, body: { error: expect.stringMatching(/^mirror_urls\[0\]: /) } };
      expect([url, mirror]).toMatchObject([url, blamed]);
    }
    expect((await tenant.api.call('GET', '/v1/destinations')).body).toMatchObject({
      destinations: [{ id, url: 'https://example.com/' }],
    });
  });

  test('saves every target that only looks odd', MORE_OF_THE_API, async () => {
    const tenant = await world().tenant();
    for (const [url] of ALLOWED_TARGETS) {
      const answer = await tenant.api.call('POST', '/v1/destinations', { json: destinationBody(url) });
      expect([url, answer]).toMatchObject([url, { status: 201, body: { destination: { url } } }]);
    }
  });

  test('sends nothing to a forbidden target that got past that check, and records why', MORE_OF_THE_API, async () => {
    const tenant = await world().tenant();
    const urls = FORBIDDEN_TARGETS.map(([url]) => url);
    for (const url of urls) {
      const { destinationId } = await tenant.routeTo('https://example.com/');
      await world().table.change(destinationKey(tenant.environment, destinationId), { url });
    }
    const event = await tenant.publish();
    const attempted = async () => {
      const items = await world().table.family(event);
      const attempts = items.map((item) => firstAttempt.safeParse(item.first).data).filter((one) => one !== undefined);
      return attempts.length === urls.length && attempts;
    };
    const attempts = await eventually('an attempt at every target', attempted, 120_000);
    const expected = { errorCode: 'address_blocked', errorMessage: 'The address is not public' };
    expect(attempts).toEqual(urls.map(() => expected));
  });

  test.each(['127.0.0.1', 'localhost'])('makes no connection to %s, where something listens', async (host) => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver()];
    const { destinationId } = await tenant.routeTo('https://example.com/');
    const url = receiver.url.replace('127.0.0.1', host);
    await world().table.change(destinationKey(tenant.environment, destinationId), { url });
    const delivery = await tenant.reached(await tenant.publish(), 'failed');
    expect(delivery).toMatchObject({ statusCode: null, error: 'The address is not public' });
    expect(receiver.requests).toEqual([]);
  });
});

const firstAttempt = z.object({ errorCode: z.string(), errorMessage: z.string() });
