import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { toUuid } from '../../lambdas/domain/identifiers';
import { ROUTES } from '../../lambdas/http/routes';
import { answer } from './support/receiver';
import { refusalBody, refusedWithoutTrace } from './support/refusal';
import type { Tenant } from './support/tenant';
import { useOwnWorld } from './support/world';

const world = useOwnWorld();

let tenant: Tenant;

beforeAll(async () => {
  tenant = await world().tenant();
});

const expectRefusal = (method: string, path: string, status: number, body: object) =>
  refusedWithoutTrace(world(), tenant.api, { method, path }, { status, body });

/** The path with the caller's own organization in it. */
const withOrganization = (path: string): string => path.replace('{orgId}', tenant.names.organization);

/** The identifier of a delivery's first attempt, or of what it left. */
const firstAttemptOf = (deliveryId: string, prefix: 'da_' | 'dlq_' | ''): string =>
  `${prefix}${deliveryId.slice('dlv_'.length, -4)}0001`;

async function startedRecovery({ api }: Tenant, destination: string): Promise<string> {
  const json = { destination_id: destination, from: '2026-01-01' };
  const { body } = await api.call('POST', '/v1/recoveries', { json });
  return z.object({ recovery: z.object({ id: z.string() }) }).parse(body).recovery.id;
}

describe('an id', () => {
  const withId = ROUTES.filter(({ path }) => path.includes('{id}'));
  const UNKNOWN = ['nonsense', '%F0%9F%93%AF', 'x'.repeat(2000), '0190f3a2b4c57abc8def012300010000'];

  test.each(withId)('that is unknown gets 404 from $method $path', async ({ method, path }) => {
    for (const id of UNKNOWN) {
      const address = withOrganization(path).replace('{id}', id);
      await expectRefusal(method, address, 404, refusalBody(path, 'RESOURCE_NOT_FOUND'));
    }
  });

  test.each(withId)('of another tenant gets the same answer as an unknown one from $method $path', async (route) => {
    const other = await world().tenant();
    const receiver = await world().receiver(answer(410));
    const { destinationId: theirs, connectionId } = await other.routeTo(receiver.url);
    const eventId = await other.publish();
    const delivery = await other.reached(eventId, 'failed');
    const ids: Record<string, string> = {
      events: eventId,
      sources: await other.createSource(),
      destinations: theirs,
      connections: connectionId,
      deliveries: delivery.id,
      'delivery-attempts': firstAttemptOf(delivery.id, 'da_'),
      items: toUuid(firstAttemptOf(delivery.id, '')),
      'dead-letter': firstAttemptOf(delivery.id, 'dlq_'),
      'api-keys': (await world().key(other.names)).id,
      recoveries: await startedRecovery(other, theirs),
    };
    const id = ids[/([^/]+)\/\{id\}/.exec(route.path)?.[1] ?? ''] ?? '';
    expect(id).not.toBe('');
    const unknown = `${id.slice(0, 12)}${id[12] === '0' ? '1' : '0'}${id.slice(13)}`;
    const answerFor = async (one: string) => {
      const { status, body } = await tenant.api.call(route.method, withOrganization(route.path).replace('{id}', one));
      return { status, text: JSON.stringify(body).replaceAll(one, '') };
    };
    expect(await answerFor(id)).toEqual(await answerFor(unknown));
    expect((await answerFor(id)).status).toBe(404);
  });
});

describe('a path', () => {
  test.each(['/', '/v1', '/v1/nothing', '/v1/events/batch/more', '/api/nothing', '/v1/delivery/nothing'])(
    'that is unknown, %s, gets 404 in JSON',
    async (path) => {
      const code = path.startsWith('/v1/delivery') ? { error: 'not_found' } : { code: 'RESOURCE_NOT_FOUND' };
      await expectRefusal('GET', path, 404, code);
    },
  );

  test.each([
    ['DELETE', '/v1/events'],
    ['PUT', '/v1/sources/src_1'],
    ['GET', '/v1/ingest/src_1'],
    ['POST', '/api/deliveries'],
    ['PATCH', '/api/deliveries/dlv_1'],
    ['GET', '/api/deliveries/dlv_1/retry'],
    ['POST', '/health'],
    ['GET', '/api/deliveries/bulk-replay'],
    ['POST', '/api/deliveries/dead-letter'],
    ['POST', '/api/organizations/acme/deliveries/stats'],
    ['GET', '/v1/events/batch'],
    ['DELETE', '/v1/sources/templates'],
  ])('that is known but does not take %s, %s, gets 405', async (method, path) => {
    await expectRefusal(method, path, 405, { error: expect.any(String) });
  });
});
