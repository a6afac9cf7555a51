import { describe, expect, test } from 'vitest';
import { destinationKey } from '../../lambdas/store/table/addresses';
import { eventually } from './support/eventually';
import { retryEvery } from './support/factories';
import { answer } from './support/receiver';
import type { Tenant } from './support/tenant';
import { useOwnWorld } from './support/world';

const world = useOwnWorld();

/** Publishes `count` events one after the other and waits until each is parked; oldest first. */
async function parkEvents(tenant: Tenant, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) ids.push(await tenant.publish({ payload: { n } }));
  for (const id of ids) await tenant.reached(id, 'circuit_open');
  return ids;
}

/** A warm instance of the function may act on what it read of a destination some seconds ago; a new one reads it anew. */
const renewInstances = () => world().stack.killWorkers('deliver');

describe('the answer 410', () => {
  test('ends the delivery at once, pauses the destination and parks what comes later', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver(answer(410))];
    const { destinationId } = await tenant.routeTo(receiver.url, { destination: retryEvery(0, 5) });
    const delivery = await tenant.reached(await tenant.publish(), 'failed');
    expect(delivery).toMatchObject({ attemptCount: 1, statusCode: 410, error: 'Gone' });
    const shown = await tenant.api.call('GET', `/v1/destinations/${destinationId}`);
    expect(shown.body).toMatchObject({ destination: { status: 'paused' } });
    const item = await world().table.get(destinationKey(tenant.environment, destinationId));
    expect(item).toMatchObject({ pausedBecause: 'gone' });

    await renewInstances();
    const [later = ''] = await parkEvents(tenant, 1);
    expect((await tenant.reached(later, 'circuit_open')).attemptCount).toBe(0);
    expect(await tenant.eventStatus(later)).toBe('pending');
    expect(receiver.requests).toHaveLength(1);
  });
});

describe('a paused destination', () => {
  test('gets what was parked once it is resumed, and the oldest is resumed first', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver()];
    const { destinationId } = await tenant.routeTo(receiver.url, { destination: { status: 'paused' } });
    const parked = await parkEvents(tenant, 5);
    await tenant.resume(destinationId);
    world().stack.pauseMapping('deliver');
    expect(await world().stack.invoke('sweep', {})).toMatchObject({ resumed: 5 });
    const resumedAt: number[] = [];
    for (const id of parked) {
      const { id: deliveryId } = await tenant.reached(id, 'pending');
      resumedAt.push(Number((await world().table.delivery(deliveryId)).updatedAt));
    }
    expect(resumedAt).toEqual(resumedAt.toSorted((a, b) => a - b));
    await renewInstances();
    world().stack.resumeMapping('deliver');
    for (const id of parked) expect(await tenant.reached(id, 'delivered')).toMatchObject({ attemptCount: 1 });
    expect(receiver.requests).toHaveLength(5);
  });

  test('keeps what is parked while it stays paused, whatever the sweep does', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver()];
    await tenant.routeTo(receiver.url, { destination: { status: 'paused' } });
    const [parked = ''] = await parkEvents(tenant, 1);
    expect(await world().stack.invoke('sweep', {})).toMatchObject({ resumed: 0 });
    expect(await tenant.reached(parked, 'circuit_open')).toMatchObject({ attemptCount: 0 });
    expect((await tenant.deliveries({ status: 'circuit_open' })).data.map(({ eventId }) => eventId)).toEqual([parked]);
    expect(receiver.requests).toEqual([]);
  });

  test('parks a retry of a delivery that had begun, and spends no attempt on it', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver(answer(500))];
    const { destinationId } = await tenant.routeTo(receiver.url, { destination: retryEvery(3, 2) });
    const eventId = await tenant.publish();
    await tenant.reached(eventId, 'retrying');
    await tenant.pause(destinationId);
    await renewInstances();
    expect(await tenant.reached(eventId, 'circuit_open')).toMatchObject({ attemptCount: 1, nextAttemptAt: null });
    receiver.behave(answer(200));
    await tenant.resume(destinationId);
    await renewInstances();
    await world().stack.invoke('sweep', {});
    expect(await tenant.reached(eventId, 'delivered')).toMatchObject({ attemptCount: 2 });
  });

  test('parks a delivery again that is retried through the API', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver()];
    await tenant.routeTo(receiver.url, { destination: { status: 'paused' } });
    const [parked = ''] = await parkEvents(tenant, 1);
    const { id } = await tenant.reached(parked, 'circuit_open');
    expect(await tenant.retry(id)).toMatchObject({ status: 200 });
    await eventually('the delivery to be parked again', () => {
      return (
        world()
          .handled(id)
          .filter(({ outcome }) => outcome === 'parked').length === 1
      );
    });
    expect(await tenant.reached(parked, 'circuit_open')).toMatchObject({ attemptCount: 0 });
    expect(receiver.requests).toEqual([]);
  });

  test('can be resumed and paused any number of times', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver()];
    const { destinationId } = await tenant.routeTo(receiver.url);
    for (const change of ['pause', 'pause', 'resume', 'resume'] as const) await tenant[change](destinationId);
    const shown = await tenant.api.call('GET', `/v1/destinations/${destinationId}`);
    expect(shown.body).toMatchObject({ destination: { status: 'active' } });
  });
});
