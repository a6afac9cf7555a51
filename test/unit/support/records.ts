import type { Connection } from '../../../lambdas/configuration/connection';
import type { Destination } from '../../../lambdas/configuration/destination';
import type { Source } from '../../../lambdas/configuration/source';
import { DEFAULT_RETRY_POLICY } from '../../../lambdas/domain/retry-policy';
import type { Delivery, StoredAttempt } from '../../../lambdas/store/deliveries/delivery-items';
import type { StoredEvent } from '../../../lambdas/store/events/events';

/** A fixed moment, so that nothing depends on when a test runs. */
export const NOW = Date.parse('2026-03-04T05:06:07.000Z');

/** A base with the layout of UUIDv7, made at {@link NOW}. */
export const BASE = `${NOW.toString(16).padStart(12, '0')}7abc8def0123`;

/** Identifiers of configuration, spelled as real ones are: `idOf('dst', 1)`. */
export const idOf = (prefix: string, n: number): string => `${prefix}_${n.toString(16).padStart(32, '0')}`;

export const ORGANIZATION = idOf('org', 1);
export const ENVIRONMENT = idOf('env', 1);
export const SOURCE = idOf('src', 1);
export const DESTINATION = idOf('dst', 1);
export const CONNECTION = idOf('con', 1);

/** `whsec_` and 24 bytes in base64. */
export const SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;

const owner = { organization: ORGANIZATION, environment: ENVIRONMENT };
const at = new Date(NOW).toISOString();

export const eventOf = (changes: Partial<StoredEvent> = {}): StoredEvent => ({
  base: BASE,
  ...owner,
  type: 'order.created',
  contentType: 'application/json',
  body: Buffer.from('{"id":1}'),
  createdAt: at,
  ...changes,
});

export const deliveryOf = (changes: Partial<Delivery> = {}): Delivery => ({
  base: BASE,
  ordinal: 1,
  ...owner,
  connection: CONNECTION,
  destination: DESTINATION,
  status: 'pending',
  cause: 'auto',
  made: 0,
  roundStart: 0,
  maxAttempts: 5,
  createdAt: at,
  updatedAt: NOW,
  ...changes,
});

export const attemptOf = (changes: Partial<StoredAttempt> = {}): StoredAttempt => ({
  number: 1,
  trigger: 'auto',
  startedAt: NOW,
  latencyMs: 12,
  statusCode: 200,
  ...changes,
});

export const destinationOf = (changes: Partial<Destination> = {}): Destination => ({
  id: DESTINATION,
  ...owner,
  name: 'Orders',
  slug: 'orders',
  url: 'https://receiver.example/hook',
  method: 'POST',
  headers: {},
  auth: { type: 'none' },
  timeoutMs: 15_000,
  retryPolicy: DEFAULT_RETRY_POLICY,
  status: 'active',
  signingSecrets: [SECRET],
  createdAt: at,
  updatedAt: at,
  ...changes,
});

export const connectionOf = (changes: Partial<Connection> = {}): Connection => ({
  id: CONNECTION,
  ...owner,
  name: 'Orders to shop',
  destination: DESTINATION,
  filterRules: [],
  enabled: true,
  createdAt: at,
  updatedAt: at,
  ...changes,
});

export const sourceOf = (changes: Partial<Source> = {}): Source => ({
  id: SOURCE,
  ...owner,
  name: 'GitHub',
  slug: 'github',
  status: 'active',
  createdAt: at,
  updatedAt: at,
  ...changes,
});
