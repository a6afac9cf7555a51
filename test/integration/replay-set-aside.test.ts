import { SQSClient } from '@aws-sdk/client-sqs';
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { takeBack } from '../../bin/set-aside/take-back';
import { verify } from '../../bin/verify/verify';
import { eventKey, timeKey } from '../../lambdas/store/table/addresses';
import { STACK_CREDENTIALS } from '../../local/dynamodb/client';
import { REGION } from '../../local/template/template';
import { eventually } from './support/eventually';
import { addressOf, keyOfDelivery } from './support/table';
import type { Tenant } from './support/tenant';
import { useOwnWorld } from './support/world';

const world = useOwnWorld();
let sqs: SQSClient;

beforeAll(() => {
  const { endpoints } = world().stack;
  sqs = new SQSClient({ endpoint: endpoints.sqs, region: REGION, credentials: STACK_CREDENTIALS });
});

afterAll(() => sqs?.destroy());

const queue = () => ({ sqs, url: world().stack.outputs.SetAsideQueueUrl ?? '' });

const command = (patienceSeconds: number) =>
  takeBack({ table: world().table.table, queue: queue(), patienceSeconds }, Date.now);

const verdict = (patienceSeconds: number) =>
  verify({ table: world().table.table, days: 14, patienceSeconds }, Date.now);

const put = async (item: object) => {
  const { documents, name } = world().table.table;
  await documents.send(new PutCommand({ TableName: name, Item: { ...item } }));
};

/** An event like this one at an address of its own, whole and broken: without the keys of its index nobody can read it. */
async function likeness(eventId: string) {
  const { base } = addressOf(eventId, 'evt');
  const own = `${base.slice(0, -1)}${base.endsWith('0') ? '1' : '0'}`;
  const { tlPk, tlSk: _, ...item } = (await world().table.get(eventKey(base))) ?? {};
  const broken = { ...item, ...eventKey(own) };
  return { broken, whole: { ...broken, tlPk, tlSk: timeKey(new Date().toISOString(), own) } };
}

async function scene() {
  const [tenant, receiver] = [await world().tenant(), await world().receiver()];
  await tenant.routeTo(receiver.url);
  const eventId = await tenant.publish();
  const { id } = await tenant.reached(eventId, 'delivered');
  return { tenant, receiver, eventId, id };
}

const setAside = async (tenant: Tenant, count: number) => {
  // What is published behind the records is handled after them.
  await tenant.reached(await tenant.publish(), 'delivered');
  await eventually(`${count} records set aside`, async () => (await command(0)).left === count);
};

// One after another: there is one queue of records that were set aside.
describe('records that were set aside', () => {
  test('are taken back by a command once the event is mended: it is delivered and counted', async () => {
    const { tenant, receiver, eventId } = await scene();
    const { broken, whole } = await likeness(eventId);
    await put(broken);
    await setAside(tenant, 2);
    await put(whole);
    expect(await verdict(3)).toMatchObject({ consistent: false });
    expect(await command(30)).toMatchObject({ taken: 2, left: 0 });
    await eventually('the delivery of the event', async () => receiver.requests.length === 3);
    expect(await verdict(30)).toMatchObject({ consistent: true, report: expect.not.stringContaining('DIFFER') });
    expect(await command(0)).toMatchObject({ taken: 0, left: 0 });
  });

  test('count once, with the record of the repair, when a delivery was broken and mended as something else', async () => {
    const { tenant, id } = await scene();
    await world().table.change(keyOfDelivery(id), { status: 'broken' });
    await setAside(tenant, 1);
    await world().table.change(keyOfDelivery(id), { status: 'failed' });
    expect(await command(30)).toMatchObject({ taken: 2, left: 0 });
    expect(await verdict(30)).toMatchObject({ consistent: true, report: expect.not.stringContaining('DIFFER') });
  });

  test('count while other deliveries are made', async () => {
    const { tenant, id } = await scene();
    await world().table.change(keyOfDelivery(id), { status: 'broken' });
    const publishing = Array.from({ length: 20 }, (_, n) => tenant.publish({ payload: { n } }));
    await world().table.change(keyOfDelivery(id), { status: 'delivered' });
    await Promise.all([...publishing, eventually('both records', async () => (await command(1)).taken === 2)]);
    for (const eventId of await Promise.all(publishing)) await tenant.reached(eventId, 'delivered');
    expect(await verdict(30)).toMatchObject({ consistent: true });
  });

  test('are no longer needed when the item is removed', async () => {
    const { tenant, eventId } = await scene();
    const { broken } = await likeness(eventId);
    await put(broken);
    await setAside(tenant, 2);
    const { documents, name } = world().table.table;
    const Key = { pk: broken.pk, sk: broken.sk };
    await documents.send(new DeleteCommand({ TableName: name, Key }));
    await eventually('an empty queue', async () => (await command(1)).left === 0);
    expect(await verdict(30)).toMatchObject({ consistent: true });
  });
});
