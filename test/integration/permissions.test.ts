import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { eventKey } from '../../lambdas/store/table/addresses';
import type { Decision } from '../../local/permissions/permissions';
import { unused } from './support/decisions';
import { eventually } from './support/eventually';
import { retryEvery } from './support/factories';
import { strand } from './support/past';
import { answer, inTurn } from './support/receiver';
import { playSampleEvent, sampleEvents } from './support/sample-events';
import { addressOf, keyOfDelivery } from './support/table';
import type { Tenant } from './support/tenant';
import { startWorld, type World } from './support/world';

const decisions: Decision[] = [];
let world: World;

beforeAll(async () => {
  world = await startWorld('usual', { decided: (decision) => decisions.push(decision) });
});
afterAll(async () => {
  await world?.stop();
});

/** Runs the work a few at a time. */
async function sideBySide<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const left = [...items];
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: 4 }, worker));
}

/** A tenant with a route to a receiver that refuses the first request. */
async function refusedOnce(retry: Readonly<Record<string, unknown>> = {}): Promise<Tenant> {
  const [tenant, receiver] = [await world.tenant(), await world.receiver(inTurn(answer(500), answer(200)))];
  await tenant.routeTo(receiver.url, { destination: retry });
  return tenant;
}

async function retryAfter(seconds: number): Promise<void> {
  const tenant = await refusedOnce(retryEvery(seconds, 3));
  await tenant.reached(await tenant.publish(), 'delivered');
}

async function redriveADeadLetter(): Promise<void> {
  const tenant = await refusedOnce();
  const eventId = await tenant.publish();
  await world.queues.untilDead((await tenant.reached(eventId, 'failed')).id);
  await world.queues.redrive();
  await tenant.reached(eventId, 'delivered');
}

const letters = z.object({ data: z.array(z.object({ id: z.string() })) });

async function closeADeadLetter(): Promise<void> {
  const tenant = await refusedOnce();
  const { id } = await tenant.reached(await tenant.publish(), 'failed');
  await world.queues.untilDead(id);
  const { data } = await tenant.api.ok(letters, 'GET', '/api/deliveries/dead-letter');
  await tenant.api.call('DELETE', `/api/deliveries/dead-letter/${data[0]?.id}`);
  await eventually('the sweep to take the message out', async () => {
    await world.stack.invoke('sweep', {});
    return (await world.queues.deadBodies()).every((body) => !body.includes(id));
  });
}

async function dieWithoutAWorker(): Promise<void> {
  const tenant = await refusedOnce();
  world.stack.pauseMapping('deliver');
  const eventId = await tenant.publish();
  const { id } = await tenant.reached(eventId, 'pending');
  await eventually('SQS to move the message', async () => {
    await world.queues.receiveOnce();
    return (await world.queues.deadBodies()).some((body) => body.includes(id));
  });
  await world.table.change(keyOfDelivery(id), { updatedAt: Date.now() - 3_600_000 });
  await world.stack.invoke('sweep', {});
  await tenant.reached(eventId, 'failed');
  world.stack.resumeMapping('deliver');
}

async function loseAMessage(): Promise<void> {
  const tenant = await refusedOnce(retryEvery(1, 2));
  await world.queues.untilEmpty('delivery');
  world.stack.pauseMapping('deliver');
  const eventId = await strand(world, tenant);
  await world.stack.invoke('sweep', {});
  world.stack.resumeMapping('deliver');
  await tenant.reached(eventId, 'delivered');
}

/** The first event under a key has expired, and the table has not deleted it yet. */
async function useAKeyAgain(): Promise<void> {
  const [tenant, receiver] = [await world.tenant(), await world.receiver()];
  await tenant.routeTo(receiver.url);
  const headers = { 'idempotency-key': 'once more' };
  const publish = () => tenant.publish({ payload: {} }, { headers });
  const first = await publish();
  await tenant.reached(first, 'delivered');
  const { base } = addressOf(first, 'evt');
  const longAgo = new Date(Date.now() - 40 * 86_400_000).toISOString();
  await world.table.change(eventKey(base), { createdAt: longAgo, expiresAt: Date.parse(longAgo) / 1000 });
  expect(await publish()).toBe(first);
  await eventually('the second event to be delivered', () => receiver.requests.length === 2);
}

async function writeUnreadableEvent(): Promise<void> {
  const { documents, name } = world.table.table;
  await documents.send(new PutCommand({ TableName: name, Item: { pk: 'EVT#broken', sk: 'EVT' } }));
  await eventually('route and aggregate to set the record aside', () => {
    const aside = decisions.filter(({ resource }) => resource.includes('SetAside'));
    return aside.length >= 2;
  });
}

describe('what the template grants', () => {
  test('is enough for everything that the functions do, and nothing of it is superfluous', async () => {
    await sideBySide(sampleEvents(), (file) => playSampleEvent(world.stack, file));
    await Promise.all([retryAfter(1), retryAfter(4), writeUnreadableEvent(), useAKeyAgain()]);
    await redriveADeadLetter();
    await closeADeadLetter();
    await dieWithoutAWorker();
    await loseAMessage();
    expect(decisions.filter(({ allowed }) => !allowed)).toEqual([]);
    expect(unused(decisions)).toEqual([]);
  }, 400_000);
});
