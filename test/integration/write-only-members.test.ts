import { beforeAll, describe, expect, test } from 'vitest';
import { toUuid } from '../../lambdas/domain/identifiers';
import { ROUTES } from '../../lambdas/http/routes';
import { ENVIRONMENTS, type FunctionName } from '../../lambdas/runtime/environment';
import { unpackDetail } from '../../lambdas/store/deliveries/attempt-detail';
import { eventually } from './support/eventually';
import { answer } from './support/receiver';
import type { Tenant } from './support/tenant';
import { useOwnWorld } from './support/world';

const world = useOwnWorld();

/** Every secret that a tenant can entrust to Posthorn, and what it becomes on its way. */
const PLANTED = {
  password: 'planted-password',
  'password as it is sent': Buffer.from('ada:planted-password').toString('base64'),
  token: 'planted-token',
  'API key of a destination': 'planted-api-key',
  'header of a destination': 'planted-header',
  'credential of a sender': 'planted-sender-credential',
};

/** In the body of an event: it is shown where bodies are, and nowhere else. */
const PAYLOAD = 'planted-payload';

/** Answers that are documented to show what was published or sent. */
const SHOWS_BODIES = [
  'GET /v1/events/{id}',
  'GET /v1/delivery-attempts/{id}',
  'GET /v1/delivery/items/{id}',
  'GET /api/deliveries/{id}',
  'GET /api/organizations/{orgId}/deliveries/{id}',
];

let tenant: Tenant;
let secrets: Readonly<Record<string, string>>;
let ids: Readonly<Record<string, string>>;
let event: string;

/** Four destinations with one kind of credential each; one takes every event, another none. */
beforeAll(async () => {
  tenant = await world().tenant();
  const [taking, failing] = [await world().receiver(), await world().receiver(answer(500))];
  const headers = {
    'x-shop-token': PLANTED['header of a destination'],
    authorization: PLANTED['header of a destination'],
  };
  const destinations = [
    { auth_type: 'basic', auth_config: { username: 'ada', password: PLANTED.password } },
    { auth_type: 'bearer_token', auth_config: { token: PLANTED.token } },
    { auth_type: 'api_key', auth_config: { header: 'x-plain', key: PLANTED['API key of a destination'] } },
    { headers },
  ];
  const source = await tenant.createSource();
  const routes = [];
  for (const [n, destination] of destinations.entries()) {
    const mirrors = n === 0 ? { mirror_urls: [failing.url] } : {};
    const url = n === 2 ? failing.url : taking.url;
    routes.push(await tenant.routeTo(url, { destination: { ...destination, ...mirrors } }));
  }
  const [first] = routes;
  const rotated = await tenant.api.call('POST', `/v1/destinations/${first?.destinationId}/rotate-secret`);
  const [secret = ''] = /whsec_[^"]+/.exec(JSON.stringify(rotated.body)) ?? [];
  secrets = {
    ...PLANTED,
    'API key of the caller': tenant.key,
    ...Object.fromEntries(routes.map(({ signingSecret }, n) => [`signing secret ${n}`, signingSecret])),
    'rotated signing secret': secret,
  };
  const sent = await fetch(`${tenant.api.url}/v1/ingest/${source}`, {
    method: 'POST',
    headers: { authorization: PLANTED['credential of a sender'], cookie: PLANTED['credential of a sender'] },
    body: JSON.stringify({ marker: PAYLOAD }),
  });
  event = ((await sent.json()) as { event_id: string }).event_id;
  const settled = await eventually('all deliveries to be settled', async () => {
    const { data } = await tenant.deliveries({ eventId: event });
    return data.length === 4 && data.every(({ status }) => /^(delivered|failed|partial)$/.test(status)) && data;
  });
  // Aggregate collects changes for some seconds before it counts them.
  await eventually('the counters', async () => {
    const items = await world().table.all();
    return items.some(({ pk }) => String(pk).startsWith('STAT#')) && world().stack.logs('aggregate').length > 0;
  });
  const dead = settled.find(({ status }) => status === 'failed');
  ids = {
    sources: source,
    destinations: first?.destinationId ?? '',
    connections: first?.connectionId ?? '',
    events: event,
    deliveries: dead?.id ?? '',
    'delivery-attempts': `da_${dead?.id.slice(4, -4)}0001`,
    items: toUuid(`da_${dead?.id.slice(4, -4)}0001`),
  };
});

/** Secrets, and the payload where it has no place, in a text. */
const found = (text: string, payloadMayBe = false) =>
  Object.entries({ ...secrets, ...(!payloadMayBe && { payload: PAYLOAD }) })
    .filter(([, secret]) => text.includes(secret))
    .map(([name]) => name);

const addressOf = (path: string): string =>
  path
    .replace('{orgId}', tenant.names.organization)
    .replace(/([^/]+)\/\{id\}/, (_, kind: string) => `${kind}/${ids[kind] ?? 'none'}`);

describe('what was entrusted to Posthorn', () => {
  const reads = ROUTES.filter(({ method }) => method === 'GET');

  test.each(reads)('is shown by no answer of $method $path', async ({ method, path }) => {
    const { body, status } = await tenant.api.call(method, addressOf(path));
    const shows = SHOWS_BODIES.includes(`${method} ${path}`);
    expect([path, status]).toEqual([path, path === '/v1/recoveries/{id}' ? 404 : 200]);
    expect(found(JSON.stringify(body), shows)).toEqual([]);
  });

  test('is in no attempt that is recorded, where the credentials that were sent read ***', async () => {
    const items = await world().table.family(event);
    const attempts = items.flatMap(({ first }) => (first ? [first as { readonly detail?: Uint8Array }] : []));
    const details = attempts.map(({ detail }) => detail && unpackDetail(detail));
    expect(details).toHaveLength(4);
    expect(found(JSON.stringify(details))).toEqual([]);
    const headers = details.map((detail) => detail?.requestHeaders ?? {});
    for (const hidden of ['Basic ***', 'Bearer ***', '***']) {
      expect(headers.flatMap((all) => Object.values(all))).toContain(hidden);
    }
  });

  test('is not repeated by a refusal', async () => {
    const path = `/v1/destinations/${ids.destinations}`;
    for (const json of [
      { auth_type: 'bearer_token', auth_config: { token: `${PLANTED.token}\n` } },
      { auth_config: { password: [PLANTED.password] } },
      { headers: { 'x-shop-token': `${PLANTED['header of a destination']}\n` } },
      { url: `https://ada:${PLANTED.password}@example.com/` },
      { unknown: PLANTED.token, timeout_ms: 'soon' },
    ]) {
      const { status, body } = await tenant.api.call('PATCH', path, { json });
      expect([status, found(JSON.stringify(body))]).toEqual([400, []]);
    }
    const raw = `{"type": "order.created", "payload": {"marker": "${PAYLOAD}"}, `;
    const { status, body } = await tenant.api.call('POST', '/v1/events', { raw });
    expect([status, found(JSON.stringify(body))]).toEqual([400, []]);
  });

  test.each(Object.keys(ENVIRONMENTS) as FunctionName[])('is in no line that %s has logged', async (name) => {
    await world().stack.invoke('sweep', {});
    const lines = world().stack.logs(name);
    expect(lines.length).toBeGreaterThan(0);
    expect(found(lines.join('\n'))).toEqual([]);
  });

  test('is in no statistics item and no key of an index', async () => {
    const items = await world().table.all();
    const counted = items.filter(({ pk }) => String(pk).startsWith('STAT#'));
    expect(counted.length).toBeGreaterThan(0);
    expect(found(JSON.stringify(counted))).toEqual([]);
    const keys = items.map((item) => Object.entries(item).filter(([name]) => /(pk|sk)$/i.test(name)));
    expect(found(JSON.stringify(keys))).toEqual([]);
  });
});
