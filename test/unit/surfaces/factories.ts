import type { Connection } from '../../../lambdas/configuration/connection';
import type { Destination } from '../../../lambdas/configuration/destination';
import type { Surroundings } from '../../../lambdas/operations/names';
import type { Delivery, StoredAttempt } from '../../../lambdas/store/deliveries/delivery-items';

const OWNED = {
  organization: 'org_a',
  environment: 'env_a',
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
};

/** A delivery that was delivered at its first attempt. */
export const delivery = (overrides: Partial<Delivery> = {}): Delivery => ({
  base: '0190f3a2b4c57abc8def0123',
  ordinal: 1,
  organization: 'org_a',
  environment: 'env_a',
  connection: 'con_a',
  destination: 'dst_a',
  status: 'delivered',
  cause: 'auto',
  made: 1,
  roundStart: 0,
  maxAttempts: 5,
  createdAt: '2026-03-01T14:30:00.000Z',
  updatedAt: Date.parse('2026-03-01T14:30:02Z'),
  ...overrides,
});

/** An attempt that succeeded. */
export const attempt = (overrides: Partial<StoredAttempt> = {}): StoredAttempt => ({
  number: 1,
  trigger: 'auto',
  startedAt: Date.parse('2026-03-01T14:30:01Z'),
  latencyMs: 42,
  statusCode: 200,
  ...overrides,
});

export const destination: Destination = {
  ...OWNED,
  id: 'dst_a',
  name: 'Destination',
  slug: 'destination',
  url: 'https://destination.example/',
  method: 'POST',
  headers: {},
  auth: { type: 'none' },
  timeoutMs: 15_000,
  retryPolicy: { maxAttempts: 5, schedule: [5] },
  status: 'active',
  signingSecrets: ['whsec_x'],
};

const connection: Connection = {
  ...OWNED,
  id: 'con_a',
  name: 'Connection',
  destination: 'dst_a',
  filterRules: [],
  enabled: true,
};

export const AROUND: Surroundings = {
  destinations: new Map([['dst_a', destination]]),
  connections: new Map([['con_a', connection]]),
};

export const NO_SURROUNDINGS: Surroundings = { destinations: new Map(), connections: new Map() };
