import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Decision } from '../../local/permissions/permissions';
import { retryEvery } from './support/factories';
import { answer, inTurn } from './support/receiver';
import { startWorld, type World } from './support/world';

const decisions: Decision[] = [];
let world: World;

beforeAll(async () => {
  world = await startWorld('encrypted', { decided: (decision) => decisions.push(decision) });
});
afterAll(async () => {
  await world?.stop();
});

/** An event whose delivery is refused once and then taken. */
async function retried(destination: Readonly<Record<string, unknown>>, meanwhile: (eventId: string) => unknown) {
  const [tenant, receiver] = [await world.tenant(), await world.receiver(inTurn(answer(500), answer(200)))];
  await tenant.routeTo(receiver.url, { destination });
  const eventId = await tenant.publish();
  await meanwhile(eventId);
  await tenant.reached(eventId, 'delivered');
}

test('under a key of the operator, events are delivered, retried in both ways and redriven', async () => {
  await Promise.all([retried(retryEvery(1, 3), () => {}), retried(retryEvery(4, 3), () => {})]);
  await retried({}, async (eventId) => {
    await world.queues.untilDead(`dlv_${eventId.slice(4, 28)}00010000`);
    await world.queues.redrive();
  });
  expect(decisions.filter(({ allowed }) => !allowed)).toEqual([]);
});

test('the key was asked for in the names of the functions and of the schedule', () => {
  const users = decisions.filter(({ action }) => action.startsWith('kms:'));
  const seen = (role: RegExp, action: string, service: string): boolean =>
    users.some(
      (one) => role.test(one.roleArn) && one.action === action && one.context?.['kms:ViaService']?.startsWith(service),
    );
  for (const name of ['ingest', 'route', 'deliver', 'aggregate', 'api', 'manage'])
    expect(seen(new RegExp(`Functions${name}`), 'kms:Decrypt', 'dynamodb'), name).toBe(true);
  for (const role of [/Functionsroute/, /Functionsdeliver/, /RetriesRole/])
    expect(seen(role, 'kms:GenerateDataKey', 'sqs'), String(role)).toBe(true);
});
