import { beforeAll, describe, expect, test } from 'vitest';
import { answer } from '../support/receiver';
import { useWorld } from '../support/world';
import { type Answer, type Client, clientOf, list } from './client';

const world = useWorld();

/** Everything that has an identifier in the environment of somebody else, who has one delivery that died. */
interface Foreign {
  readonly own: Client;
  readonly stranger: Client;
  readonly master: Client;
  readonly readOnly: Client;
  readonly organization: string;
  readonly ownOrganization: string;
  readonly ids: Readonly<
    Record<'delivery' | 'attempt' | 'item' | 'letter' | 'event' | 'destination' | 'connection', string>
  >;
}

let foreign: Foreign;

const hex = (delivery: string, attempt: string) => `${'0'.repeat(24)}${delivery}${attempt}`;

/** Identifiers of the same spelling that nobody has. */
const NOBODYS = {
  delivery: `dlv_${hex('0001', '0000')}`,
  attempt: `da_${hex('0001', '0001')}`,
  item: '00000000-0000-0000-0000-000000010001',
  letter: `dlq_${hex('0001', '0001')}`,
  event: `evt_${hex('0000', '0000')}`,
  destination: `dst_${'0'.repeat(32)}`,
  connection: `con_${'0'.repeat(32)}`,
};

beforeAll(async () => {
  const [owner, stranger] = [await world().tenant(), await world().tenant()];
  const receiver = await world().receiver(answer(500));
  const { destinationId, connectionId } = await owner.routeTo(receiver.url);
  const event = await owner.publish();
  const { id: delivery } = await owner.reached(event, 'failed');
  const own = clientOf(owner.api.url, owner.key);
  const [attempt, item, letter] = await Promise.all(
    ['/v1/delivery-attempts', '/v1/delivery/items', '/api/deliveries/dead-letter'].map(async (path) => {
      return (await list(own, path)).rows[0]?.id ?? '';
    }),
  );
  const whole = await world().key({ organization: owner.names.organization });
  const reader = await world().key({ ...owner.names, scopes: ['read'] });
  foreign = {
    own,
    stranger: clientOf(owner.api.url, stranger.key),
    master: clientOf(owner.api.url, whole.secret),
    readOnly: clientOf(owner.api.url, reader.secret),
    organization: stranger.names.organization,
    ownOrganization: owner.names.organization,
    ids: {
      ...{ delivery, event, destination: destinationId, connection: connectionId },
      ...{ attempt: attempt ?? '', item: item ?? '', letter: letter ?? '' },
    },
  };
});

type Ids = Foreign['ids'];

const deliveryCalls = (path: string): (readonly [string, (ids: Ids) => string])[] => [
  ['GET', ({ delivery }) => `${path}/${delivery}`],
  ['POST', ({ delivery }) => `${path}/${delivery}/retry`],
  ['POST', ({ letter }) => `${path}/dead-letter/${letter}/requeue`],
  ['DELETE', ({ letter }) => `${path}/dead-letter/${letter}`],
];

const calls = (organization: string): (readonly [string, (ids: Ids) => string])[] => [
  ['GET', ({ attempt }) => `/v1/delivery-attempts/${attempt}`],
  ['POST', ({ attempt }) => `/v1/delivery-attempts/${attempt}/retry`],
  ['GET', ({ item }) => `/v1/delivery/items/${item}`],
  ['POST', ({ item }) => `/v1/delivery/items/${item}/replay`],
  ...deliveryCalls('/api/deliveries'),
  ...deliveryCalls(`/api/organizations/${organization}/deliveries`),
];

const lists = (organization: string): ((ids: Ids) => string)[] => [
  ({ event }) => `/v1/delivery-attempts?event_id=${event}`,
  ({ connection }) => `/v1/delivery-attempts?connection_id=${connection}`,
  ({ destination }) => `/v1/delivery-attempts?destination_id=${destination}`,
  ({ destination }) => `/v1/delivery-attempts?destination_id=${destination}&is_dlq=1`,
  ({ event }) => `/v1/delivery/items?event_id=${event}`,
  ({ connection }) => `/v1/delivery/items?binding_id=${connection}`,
  ...['/api/deliveries', `/api/organizations/${organization}/deliveries`].flatMap((path) => [
    ({ event }: Ids) => `${path}?eventId=${event}`,
    ({ destination }: Ids) => `${path}?destinationId=${destination}`,
    ({ connection }: Ids) => `${path}?routeId=${connection}`,
    ({ destination }: Ids) => `${path}?destinationId=${destination}&status=failed`,
    ({ destination }: Ids) => `${path}/dead-letter?destinationId=${destination}`,
  ]),
];

/** An answer without what names the identifier that was asked for. */
const anonymous = ({ status, body }: Answer, path: string) => ({
  status,
  body: path.split('/').reduce((text, part) => (part ? text.replaceAll(part, '…') : text), JSON.stringify(body)),
});

describe("another tenant's identifier", () => {
  test('answers exactly like one that nobody has, on every route that takes one', async () => {
    const { stranger, organization, ids } = foreign;
    for (const [method, pathOf] of calls(organization)) {
      const [theirs, nobodys] = [pathOf(ids), pathOf(NOBODYS)];
      const [got, expected] = [await stranger(method, theirs), await stranger(method, nobodys)];
      expect([method, theirs, got.status]).toEqual([method, theirs, 404]);
      expect(anonymous(got, theirs)).toEqual(anonymous(expected, nobodys));
    }
  });

  test('finds nothing in any filter', async () => {
    const { stranger, own, organization, ids } = foreign;
    for (const pathOf of lists(organization)) {
      const [got, expected] = [await stranger('GET', pathOf(ids)), await stranger('GET', pathOf(NOBODYS))];
      expect([pathOf(ids), got.status]).toEqual([pathOf(ids), 200]);
      expect(got.body).toEqual(expected.body);
    }
    expect((await list(own, `/api/deliveries?destinationId=${ids.destination}`)).total).toBe(1);
  });

  test('is unknown to a bulk replay', async () => {
    const { stranger, ids } = foreign;
    const { body } = await stranger('POST', '/api/deliveries/bulk-replay', { deliveryIds: [ids.delivery] });
    expect(body).toMatchObject({ queued: 0, skipped: 0, errors: [{ deliveryId: ids.delivery }] });
  });

  test('is not in any list that names none', async () => {
    const { stranger, organization } = foreign;
    const paths = ['/v1/delivery-attempts', '/v1/delivery/items', '/api/deliveries', '/api/deliveries/dead-letter'];
    for (const path of [...paths, `/api/organizations/${organization}/deliveries`]) {
      expect((await list(stranger, path)).total).toBe(0);
    }
  });
});

describe('a key of the whole organization', () => {
  test('reads across its environments and changes nothing', async () => {
    const { master, ids, ownOrganization } = foreign;
    for (const path of [
      '/v1/delivery-attempts',
      '/v1/delivery/items',
      '/api/deliveries',
      '/api/deliveries/dead-letter',
    ]) {
      expect((await list(master, path)).total).toBe(1);
    }
    expect((await list(master, `/api/deliveries?destinationId=${ids.destination}&status=failed`)).total).toBe(1);
    expect((await master('GET', `/v1/delivery-attempts/${ids.attempt}`)).status).toBe(200);
    for (const [method, path] of [
      ['POST', `/v1/delivery-attempts/${ids.attempt}/retry`],
      ['POST', `/api/deliveries/${ids.delivery}/retry`],
      ['POST', `/api/deliveries/dead-letter/${ids.letter}/requeue`],
      ['DELETE', `/api/deliveries/dead-letter/${ids.letter}`],
    ] as const) {
      expect([path, (await master(method, path)).status]).toEqual([path, 403]);
    }
    const mine = `/api/organizations/${ownOrganization}/deliveries`;
    for (const path of [mine, `${mine}/dead-letter`]) expect((await list(master, path)).total).toBe(1);
    expect((await master('GET', `${mine}/${ids.delivery}`)).status).toBe(200);
    expect((await master('POST', `${mine}/${ids.delivery}/retry`)).status).toBe(403);
    const many = { deliveryIds: [ids.delivery] };
    expect((await master('POST', '/api/deliveries/bulk-replay', many)).status).toBe(403);
    expect((await master('POST', `/v1/delivery/items/${ids.item}/replay`)).status).toBe(400);
  });
});

describe('a key that may only read', () => {
  test('is refused by every route that changes something', async () => {
    const { readOnly, ids } = foreign;
    for (const [method, pathOf] of calls('whatever')) {
      const { status } = await readOnly(method, pathOf(ids));
      const forOthers = pathOf(ids).startsWith('/api/organizations/');
      expect([method, pathOf(ids), status]).toEqual([
        method,
        pathOf(ids),
        method !== 'GET' ? 403 : forOthers ? 404 : 200,
      ]);
    }
    expect((await readOnly('POST', '/api/deliveries/bulk-replay', { deliveryIds: [ids.delivery] })).status).toBe(403);
  });
});
