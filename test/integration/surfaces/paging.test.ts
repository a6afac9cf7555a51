import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { deliveryId, newBase } from '../../../lambdas/domain/identifiers';
import { claim } from '../../../lambdas/store/deliveries/claims';
import { getDelivery } from '../../../lambdas/store/deliveries/deliveries';
import { type NewDelivery, putDelivery } from '../../../lambdas/store/deliveries/new-delivery';
import { type Outcome, recordAttempt } from '../../../lambdas/store/deliveries/outcomes';
import { putEvent } from '../../../lambdas/store/events/events';
import type { Tenant } from '../support/tenant';
import { useOwnWorld } from '../support/world';
import { type Client, clientOf, type ListPage, list, walk } from './client';

const world = useOwnWorld();
const SETTINGS = { shards: 4, retentionDays: 30 };
const START = Date.now() - 3_600_000;
const ROWS = 90;
const destination = `dst_${'a'.repeat(32)}`;

interface Scene {
  readonly tenant: Tenant;
  readonly client: Client;
  readonly organization: string;
}

let scene: Scene;

/**
 * A delivery made at a time, with its event. A third is delivered, a third failed its first attempt and waits for another,
 * half of these after a second one; a sixth is dead and a sixth was not begun.
 */
async function writeDelivery({ tenant, organization }: Scene, at: number, kind: number): Promise<string> {
  const { table } = world().table;
  const base = newBase(at);
  const createdAt = new Date(at).toISOString();
  const event = { base, organization, environment: tenant.environment, contentType: 'text/plain', createdAt };
  await putEvent(table, { ...event, body: Buffer.from('body') }, SETTINGS);
  const delivery: NewDelivery = {
    ...{
      base,
      ordinal: 1,
      organization,
      environment: tenant.environment,
      connection: `con_${'c'.repeat(32)}`,
      destination,
    },
    ...{ cause: 'auto', maxAttempts: 5, createdAt },
  };
  await putDelivery(table, delivery, SETTINGS);
  if (kind % 6 === 0) return base;
  await attempt(base, 1, at, kind % 6 === 3 ? 'dead' : kind % 3 === 1 ? 'delivered' : 'retry');
  if (kind % 6 === 5) await attempt(base, 2, at + 500, 'retry');
  return base;
}

const OUTCOMES: Readonly<Record<'delivered' | 'retry' | 'dead', (at: number) => Outcome>> = {
  delivered: () => ({ kind: 'delivered' }),
  retry: (at: number) => ({ kind: 'retry', nextAttemptAt: at + 9_999_999 }),
  dead: () => ({ kind: 'dead', messageId: 'm', token: 't', pauseDestination: false }),
};

async function attempt(base: string, number: number, at: number, kind: keyof typeof OUTCOMES): Promise<void> {
  const { table } = world().table;
  const message = { base, ordinal: 1, attempt: number, environment: '', destination, token: 't' };
  await claim(table, { message, claimId: 'c', now: at, until: at + 1 });
  const delivery = await getDelivery(table, base, 1);
  if (!delivery) throw new Error('The delivery is not there.');
  const failure = { errorCode: 'http_error', errorMessage: 'Internal Server Error', statusCode: 500 } as const;
  const result = kind === 'delivered' ? { statusCode: 200 } : failure;
  const outcome = OUTCOMES[kind](at);
  const made = { number, trigger: 'auto', startedAt: at + 1, latencyMs: 1, ...result } as const;
  await recordAttempt(table, { delivery, claimId: 'c', attempt: made, maxAttempts: 5, outcome, now: at + 2 }, SETTINGS);
}

/** A tenant of its own. */
async function ownScene(): Promise<Scene> {
  const tenant = await world().tenant();
  const { organization } = await world().key(tenant.names);
  return { tenant, organization, client: clientOf(tenant.api.url, tenant.key) };
}

beforeAll(async () => {
  // The rows are written here, step by step: nobody else is to take them further.
  for (const name of ['route', 'deliver', 'aggregate']) world().stack.pauseMapping(name);
  scene = await ownScene();
  for (let n = 0; n < ROWS; n += 1) await writeDelivery(scene, START + n * 1000, n);
});

/** Writes deliveries of all kinds, one after another, until it is stopped: a few for each page that a test reads. */
function startWriter() {
  let stopped = false;
  const writing = (async () => {
    for (let n = 0; !stopped; n += 1) {
      await writeDelivery(scene, Date.now(), n);
      await sleep(20);
    }
  })();
  return {
    stop: () => {
      stopped = true;
      return writing;
    },
  };
}

/** Every list, by what it holds; `{org}` is the organization. */
const LISTS: readonly [string, string][] = [
  ['all deliveries', '/api/deliveries?pageSize=7'],
  ['deliveries of a rare status', '/api/deliveries?status=retrying&pageSize=7'],
  ['delivered ones', '/api/deliveries?status=delivered&pageSize=7'],
  ['deliveries of a destination', `/api/deliveries?destinationId=${destination}&pageSize=7`],
  ['deliveries of a destination and status', `/api/deliveries?destinationId=${destination}&status=retrying&pageSize=7`],
  ['deliveries under a word for several statuses', '/api/organizations/{org}/deliveries?status=failed&pageSize=7'],
  ['dead letters', '/api/deliveries/dead-letter?pageSize=7'],
  [
    'dead letters of a destination',
    `/api/organizations/{org}/deliveries/dead-letter?destinationId=${destination}&pageSize=7`,
  ],
  ['events', '/v1/events?limit=7'],
  ['attempts that were the last', '/v1/delivery-attempts?is_dlq=1&limit=7'],
  ['all attempts', '/v1/delivery-attempts?limit=7'],
  ['failed attempts', '/v1/delivery-attempts?status=failed&limit=7'],
  ['attempts that are coming', '/v1/delivery-attempts?status=pending&limit=7'],
  ['attempts of a destination', `/v1/delivery-attempts?destination_id=${destination}&limit=7`],
  ['items that succeeded', '/v1/delivery/items?status=succeeded&limit=7'],
];

/** How many of the rows written at the start each list has. */
const COUNTS: Readonly<Record<string, number>> = {
  'all deliveries': ROWS,
  'deliveries of a rare status': ROWS / 3,
  'delivered ones': ROWS / 3,
  'deliveries of a destination': ROWS,
  'deliveries of a destination and status': ROWS / 3,
  'deliveries under a word for several statuses': ROWS / 6,
  'dead letters': ROWS / 6,
  'dead letters of a destination': ROWS / 6,
  events: ROWS,
  'attempts that were the last': ROWS / 6,
  'all attempts': ROWS + ROWS / 6,
  'failed attempts': ROWS / 3 + ROWS / 6 + ROWS / 6,
  'attempts that are coming': ROWS / 2,
  'attempts of a destination': ROWS + ROWS / 6,
  'items that succeeded': ROWS / 3,
};

const WAITING = '/api/deliveries?status=retrying';

const pathOf = (template: string): string => template.replace('{org}', scene.organization);

describe('paging', () => {
  test.each(LISTS)('over %s by cursor shows each row once while others are written', async (name, template) => {
    const path = pathOf(template);
    const before = (await list(scene.client, `${path}`)).total;
    const writer = startWriter();
    const ids = await walk(scene.client, path);
    await writer.stop();
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThanOrEqual(before);
    const narrowed = await walk(scene.client, `${path}&to=${new Date(START + ROWS * 1000).toISOString()}`);
    expect(narrowed).toHaveLength(COUNTS[name] ?? -1);
    expect(narrowed.filter((id) => !ids.includes(id))).toEqual([]);
  });

  test.each(LISTS)(
    'over %s by offset shows each row once while others are written after its end',
    async (name, template) => {
      const path = pathOf(template);
      const until = `to=${new Date(START + ROWS * 1000).toISOString()}`;
      const writer = startWriter();
      const ids: string[] = [];
      for (let page = 0; ; page += 1) {
        const at = path.startsWith('/api') ? `page=${page + 1}` : `offset=${page * 7}`;
        const { rows, total, exact } = await list(scene.client, `${path}&${until}&${at}`);
        expect([total, exact]).toEqual([COUNTS[name], true]);
        ids.push(...rows.map(({ id }) => id));
        if (rows.length === 0) break;
      }
      await writer.stop();
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids).toEqual(await walk(scene.client, `${path}&${until}`));
    },
  );

  test('by cursor over a status shows what keeps it once, while half of the rows leave it and others come', async () => {
    const own = await ownScene();
    const waiting = await Promise.all(Array.from({ length: 30 }, (_, n) => writeDelivery(own, START + n * 1000, 2)));
    const leaving = waiting.filter((_, n) => n % 2 === 0);
    const seen: string[] = [];
    let next: string | null = null;
    for (let turn = 0; turn === 0 || next !== null; turn += 1) {
      const page: ListPage = await list(own.client, `${WAITING}&pageSize=4${next === null ? '' : `&cursor=${next}`}`);
      seen.push(...page.rows.map(({ id }) => id));
      next = page.next;
      // Some are delivered wherever in the list they are, and new ones begin to wait.
      for (const base of leaving.splice(0, 3)) await attempt(base, 2, Date.now(), 'delivered');
      await writeDelivery(own, Date.now(), 2);
    }
    expect(new Set(seen).size).toBe(seen.length);
    const kept = waiting.filter((_, n) => n % 2 === 1).map((base) => deliveryId(base, 1));
    expect(kept.filter((id) => !seen.includes(id))).toEqual([]);
    const rest = await walk(own.client, `${WAITING}&to=${new Date(START + 30_000).toISOString()}`);
    expect(rest.filter((id) => kept.includes(id))).toHaveLength(kept.length);
  });
});
