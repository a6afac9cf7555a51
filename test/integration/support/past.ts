import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { bucketKey, type Width } from '../../../lambdas/statistics/buckets';
import { eventKey, sweepKey, timeKey } from '../../../lambdas/store/table/addresses';
import { eventually } from './eventually';
import { addressOf, type Item, keyOfDelivery } from './table';
import type { Tenant } from './tenant';
import type { World } from './world';

const HOUR_MS = 3_600_000;

/** In an hour that has been over for an hour at least. */
export const hoursAgo = (hours = 2): number => Date.now() - hours * HOUR_MS;

/** Writes what the minute and the hour of a time have counted of an environment. */
export async function count(world: World, tenant: Tenant, at: number, counts: Item): Promise<void> {
  for (const width of ['minute', 'hour'] as const) await countIn(world, tenant, width, at, counts);
}

/** Writes what one bucket of an environment has counted. */
export function countIn(
  { table }: World,
  { environment }: Tenant,
  width: Width,
  at: number,
  counts: Item,
): Promise<void> {
  return table.change(bucketKey({ environment }, width, at), counts);
}

/** Makes a delivery older than it is, and changes it otherwise as well. Its index entries follow. */
export async function moveDelivery({ table }: World, id: string, at: number, set: Item = {}): Promise<void> {
  const { base, ordinal } = addressOf(id);
  const createdAt = new Date(at).toISOString();
  const sort = timeKey(createdAt, base, ordinal);
  const listed = (await table.delivery(id)).attSk === undefined ? {} : { attSk: sort };
  await table.change(keyOfDelivery(id), { createdAt, updatedAt: at, tlSk: sort, dstSk: sort, ...listed, ...set });
}

/** Makes an event older than it is, and takes its delivery away, if it has one. */
export async function unroute({ table }: World, eventId: string, at: number, deliveryId?: string): Promise<void> {
  const { base } = addressOf(eventId, 'evt');
  const createdAt = new Date(at).toISOString();
  await table.change(eventKey(base), { createdAt, tlSk: timeKey(createdAt, base) });
  if (deliveryId === undefined) return;
  const { documents, name } = table.table;
  await documents.send(new DeleteCommand({ TableName: name, Key: keyOfDelivery(deliveryId) }));
}

/**
 * A delivery of two hours ago (or so many) that is pending and whose message is gone; answers with its event. The mapping
 * of `deliver` has to be paused. Minutes are no longer kept of one that is older than two days.
 */
export async function strand(world: World, tenant: Tenant, hours = 2): Promise<string> {
  const eventId = await tenant.publish();
  const { id } = await tenant.reached(eventId, 'pending');
  await world.queues.waiting(eventId);
  const at = hoursAgo(hours);
  await moveDelivery(world, id, at);
  await countIn(world, tenant, 'hour', at, { n_open: 1 });
  if (hours < 48) await countIn(world, tenant, 'minute', at, { n_open: 1 });
  // Whatever writes to a pending delivery has it enqueued once more.
  await eventually('both messages', async () => (await world.queues.depth('delivery')) === 2);
  await world.queues.loseDeliveries();
  return eventId;
}

/** Makes the next run of the sweep look at hours that are older than two days, as if an hour had passed. */
export const anHourLater = ({ table }: World, { environment }: Tenant): Promise<void> =>
  table.change(sweepKey(environment), { olderAt: hoursAgo(1) });
