import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../lambdas/configuration/connection';
import type { Destination } from '../../../lambdas/configuration/destination';
import type { DeliveryStatus } from '../../../lambdas/domain/delivery';
import { type RetryPorts, retryEvent } from '../../../lambdas/functions/route/retry-event';
import type { Delivery } from '../../../lambdas/store/deliveries/delivery-items';
import type { NewDelivery } from '../../../lambdas/store/deliveries/new-delivery';
import type { StoredEvent } from '../../../lambdas/store/events/events';

const ASKED_AT = 1_800_000_000_000;
const BASE = '0190f3a2b4c57abc8def0123';

const event = (overrides: Partial<StoredEvent> = {}): StoredEvent => ({
  base: BASE,
  organization: 'org_1',
  environment: 'env_1',
  contentType: 'application/json',
  body: Buffer.from('{}'),
  createdAt: '2026-01-01T00:00:00.000Z',
  ...overrides,
});

const requested = event({ routing: 'requested', retryAt: ASKED_AT });

const delivery = (number: number, status: DeliveryStatus, updatedAt = ASKED_AT - 1): Delivery => ({
  ...{ base: BASE, ordinal: number, organization: 'org_1', environment: 'env_1' },
  ...{ connection: `con_${number}`, destination: 'dst_1', status, cause: 'auto' },
  ...{ made: 1, roundStart: 0, maxAttempts: 1, createdAt: '2026-01-01T00:00:00.000Z', updatedAt },
});

const connection = (id: string): Connection => ({
  ...{ id, organization: 'org_1', environment: 'env_1', name: id, destination: 'dst_1' },
  ...{ filterRules: [], enabled: true, createdAt: '', updatedAt: '' },
});

const destination: Destination = {
  ...{
    id: 'dst_1',
    organization: 'org_1',
    environment: 'env_1',
    name: 'Depot',
    slug: 'depot',
    url: 'https://example.com',
  },
  ...{
    method: 'POST',
    headers: {},
    auth: { type: 'none' },
    timeoutMs: 1000,
    status: 'active',
    signingSecrets: ['whsec_'],
  },
  ...{ retryPolicy: { maxAttempts: 3, schedule: [1] }, createdAt: '', updatedAt: '' },
};

function world(deliveries: readonly Delivery[], connections: readonly Connection[] = []) {
  const restarted: number[] = [];
  const placed: NewDelivery[] = [];
  const ports: RetryPorts = {
    listConnections: async () => connections,
    readDestination: async () => destination,
    isParked: async () => false,
    putDelivery: async (made) => {
      placed.push(made);
      return undefined;
    },
    deliveriesOf: async () => deliveries,
    markUnrouted: async () => {},
    validatorFor: () => async () => undefined,
    restart: async (one) => {
      restarted.push(one.ordinal);
      return { kind: 'done' };
    },
    now: () => ASKED_AT + 50,
  };
  return { ports, restarted, placed };
}

describe('a retry of an event', () => {
  it('starts the deliveries that came to a bad end, and no other', async () => {
    const statuses: DeliveryStatus[] = ['failed', 'partial', 'schema_failed', 'delivered', 'retrying', 'circuit_open'];
    const { ports, restarted, placed } = world(statuses.map((status, index) => delivery(index + 1, status)));
    expect(await retryEvent(ports, requested, event())).toEqual([]);
    expect(restarted).toEqual([1, 2, 3]);
    expect(placed).toEqual([]);
  });

  it('leaves a delivery alone that failed again since: the stream may hand out a record twice', async () => {
    const { ports, restarted } = world([delivery(1, 'failed', ASKED_AT + 1)]);
    await retryEvent(ports, requested, event());
    expect(restarted).toEqual([]);
  });

  it('routes an event that nothing had matched, with deliveries as old as the call', async () => {
    const { ports, placed } = world([], [connection('con_1'), connection('con_2')]);
    const due = await retryEvent(ports, requested, event({ routing: 'no_routes' }));
    expect(due).toMatchObject([
      { ordinal: 1, attempt: 1 },
      { ordinal: 2, attempt: 1 },
    ]);
    expect(placed.map(({ createdAt }) => createdAt)).toEqual(Array(2).fill(new Date(ASKED_AT).toISOString()));
  });

  it('completes such a routing when it was cut off after some of the deliveries', async () => {
    const { ports, placed } = world([delivery(1, 'pending')], [connection('con_1'), connection('con_2')]);
    await retryEvent(ports, requested, event({ routing: 'no_routes' }));
    expect(placed.map((one) => one.connection)).toContain('con_2');
  });

  it('does not happen for other changes of an event', async () => {
    const { ports, restarted, placed } = world([delivery(1, 'failed')], [connection('con_1')]);
    await retryEvent(ports, event({ routing: 'no_routes', retryAt: ASKED_AT }), requested);
    await retryEvent(ports, requested, requested);
    await retryEvent(ports, event({ routing: 'no_routes' }), event());
    expect([restarted, placed]).toEqual([[], []]);
  });
});
