import { describe, expect, test } from 'vitest';
import { destinationKey } from '../../lambdas/store/addresses';
import { destinationBody } from './support/factories';
import { useWorld } from './support/world';

const world = useWorld('guarded');

describe('a stack that does not allow loopback', () => {
  test.each([
    '127.0.0.1',
    '127.1',
    '2130706433',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::]',
    '0.0.0.0',
    'localhost',
    'a.localhost.',
  ])('refuses a destination at %s when it is saved', async (host) => {
    const tenant = await world().tenant();
    const json = destinationBody(`http://${host}:8080/`);
    expect(await tenant.api.call('POST', '/v1/destinations', { json })).toMatchObject({
      status: 400,
      body: { error: expect.stringMatching(/^url: /) },
    });
  });

  test.each(['127.0.0.1', 'localhost'])(
    'sends nothing to %s either when the destination got past that check',
    async (host) => {
      const [tenant, receiver] = [await world().tenant(), await world().receiver()];
      const { id } = await tenant.createDestination('https://example.com/');
      const url = receiver.url.replace('127.0.0.1', host);
      await world().table.change(destinationKey(tenant.environment, id), { url });
      await tenant.connect(id);
      const delivery = await tenant.reached(await tenant.publish(), 'failed');
      expect(delivery).toMatchObject({ statusCode: null, error: 'The address is not public' });
      expect(await world().table.delivery(delivery.id)).toMatchObject({ first: { errorCode: 'address_blocked' } });
      expect(receiver.requests).toEqual([]);
    },
  );
});
