import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Delivery } from '../../../lambdas/store/deliveries/delivery-items';
import { type DeliveryFilter, listDeliveries, sortKeyOf } from '../../../lambdas/store/lists/delivery-lists';
import { timeKey } from '../../../lambdas/store/table/addresses';
import { openTable } from '../../../lambdas/store/table/table';
import { fakeTable } from '../support/fake-table';
import { deliveryItem } from '../support/items';
import { CONNECTION, DESTINATION, deliveryOf, ENVIRONMENT, idOf } from '../support/records';

const fake = fakeTable();
const table = openTable('table', new DynamoDBClient({ region: 'eu-central-1' }));
const inEnvironment: DeliveryFilter = { environments: [ENVIRONMENT] };

/** A delivery with its entries in all three indexes. */
function listed(delivery: Delivery) {
  const sort = timeKey(delivery.createdAt, delivery.base, delivery.ordinal);
  return {
    ...deliveryItem(delivery),
    ...{ tlPk: `ENV#${delivery.environment}#DLV#0`, tlSk: sort },
    ...{ dstPk: `DST#${delivery.destination}#DLV`, dstSk: sort },
    ...{ attPk: `ENV#${delivery.environment}#${delivery.status}#0`, attSk: sort },
  };
}
const minute = (n: number) => new Date(Date.UTC(2026, 0, 1, 0, n)).toISOString();
const numbered = (n: number, changes: Partial<Delivery> = {}) =>
  deliveryOf({ ordinal: n, createdAt: minute(n), status: 'delivered', ...changes });
/** The fake answers in the order of its items, and DynamoDB in that of the keys: newest first. */
const given = (...deliveries: Delivery[]) =>
  fake.reset(...deliveries.map(listed).sort((one, other) => (one.tlSk < other.tlSk ? 1 : -1)));

async function numbers(filter: DeliveryFilter, window: { offset?: number; limit?: number; cursor?: string } = {}) {
  const page = await listDeliveries(table, filter, { offset: 0, limit: 10, ...window }, { shards: 1 });
  return page.rows.map(({ ordinal }) => ordinal);
}
const indexes = () => fake.documents.commandCalls(QueryCommand).map((call) => call.args[0].input.IndexName);

beforeEach(() => given(numbered(1), numbered(2, { status: 'failed' }), numbered(3), numbered(4, { status: 'failed' })));

describe('a list of deliveries', () => {
  it('is newest first, by pages, and knows whether more follow', async () => {
    expect(await numbers(inEnvironment)).toEqual([4, 3, 2, 1]);
    expect(await numbers(inEnvironment, { offset: 1, limit: 2 })).toEqual([3, 2]);
    const page = (limit: number) => listDeliveries(table, inEnvironment, { offset: 0, limit }, { shards: 1 });
    expect(await page(3)).toMatchObject({ next: expect.any(String), total: 4, totalIsExact: true });
    expect((await page(4)).next).toBeUndefined();
  });

  it('goes on behind its cursor, with a filter and without', async () => {
    const cursor = sortKeyOf(numbered(4));
    expect(await numbers(inEnvironment, { cursor })).toEqual([3, 2, 1]);
    expect(await numbers({ ...inEnvironment, statuses: ['failed'] }, { cursor })).toEqual([2]);
  });

  it('finds a rare status in the attention index, and checks it: an entry may be a moment old', async () => {
    fake.items.push({ ...listed(numbered(5)), attPk: `ENV#${ENVIRONMENT}#failed#0` });
    expect(await numbers({ ...inEnvironment, statuses: ['failed'] })).toEqual([4, 2]);
    expect(new Set(indexes())).toEqual(new Set(['attention']));
  });

  it('finds a destination in its own index', async () => {
    given(numbered(1), numbered(2, { destination: idOf('dst', 2) }));
    expect(await numbers({ ...inEnvironment, destination: DESTINATION })).toEqual([1]);
    expect(new Set(indexes())).toEqual(new Set(['by-destination']));
  });

  it('finds a connection among the deliveries of its destination', async () => {
    given(numbered(1), numbered(2, { connection: idOf('con', 2) }));
    expect(await numbers({ ...inEnvironment, destination: DESTINATION, connection: CONNECTION })).toEqual([1]);
  });

  it('keeps to its times, both included', async () => {
    expect(await numbers({ ...inEnvironment, from: minute(2), to: minute(3) })).toEqual([3, 2]);
  });

  it('shows nothing of other environments', async () => {
    expect(await numbers({ environments: [idOf('env', 2)] })).toEqual([]);
  });
});
