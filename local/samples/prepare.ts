import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import {
  attemptId,
  deadLetterId,
  deliveryId,
  eventId,
  type FamilyAddress,
  familyHex,
  newBase,
  newConfigurationId,
  toUuid,
} from '../../lambdas/domain/identifiers';
import { newSigningSecret } from '../../lambdas/domain/signature';
import { createApiKey, SCOPES } from '../../lambdas/store/access/api-keys';
import { startSession } from '../../lambdas/store/access/sessions';
import { putConnection } from '../../lambdas/store/configuration/connections';
import { putDestination } from '../../lambdas/store/configuration/destinations';
import { putSource } from '../../lambdas/store/configuration/sources';
import { expiry, putEvent } from '../../lambdas/store/events/events';
import { putRecovery } from '../../lambdas/store/sweep/recoveries';
import { openTable, type Table } from '../../lambdas/store/table/table';
import { dynamoDbClient } from '../dynamodb/client';
import { closeServer } from '../http/close';
import { LOOPBACK, listen } from '../http/listen';
import type { LocalStack } from '../stack';
import { countFamily } from './counters';
import { deliverAfterRetry, fail, type History, putBack, RETENTION_DAYS, SHARDS } from './history';
import type { Placeholder } from './placeholders';

/** Everything that a sample event may refer to. */
export interface Samples {
  readonly values: Readonly<Record<Placeholder, string>>;
  /** Stops the receiver that the sample destination leads to. */
  stop(): Promise<void>;
}

const BODY = Buffer.from('{"order": 42, "total": "19.90"}');

/**
 * Creates what the sample events refer to, in an environment of their own: a key with a session; a source, a
 * destination with a receiver behind it, a paused destination, and a connection; an event with three deliveries, of
 * which one succeeded at its second attempt, one failed, and one failed and was retried, so that its second attempt is
 * due; and all of them in the counters.
 */
export async function prepareSamples(stack: LocalStack): Promise<Samples> {
  const client = dynamoDbClient(stack.endpoints.dynamodb);
  const receiver = await startReceiver();
  try {
    const table = openTable(stack.outputs.TableName ?? '', client);
    return { values: await putAll(table, receiver.url, Date.now()), stop: receiver.stop };
  } catch (error) {
    await receiver.stop();
    throw error;
  } finally {
    client.destroy();
  }
}

async function putAll(table: Table, url: string, now: number): Promise<Record<Placeholder, string>> {
  const { secret, session, key } = await putKey(table, now);
  const { organization, environment } = key;
  const owner = { organization, environment, createdAt: iso(now), updatedAt: iso(now) };
  const configuration = await putConfiguration(table, owner, url, now);
  const base = newBase(now);
  const event = { base, organization, environment, createdAt: iso(now) };
  const { source } = configuration;
  await putEvent(
    table,
    { ...event, source, type: 'order.created', contentType: 'application/json', body: BODY },
    SETTINGS,
  );
  const history: History = { ...event, ...configuration, url, now };
  await deliverAfterRetry(table, history, 1);
  await fail(table, history, 2);
  await putBack(table, history, 3);
  await countFamily(table, base, now);
  return {
    API_KEY: secret,
    API_KEY_ID: key.id,
    SESSION_TOKEN: session,
    ORGANIZATION_ID: organization,
    ENVIRONMENT_ID: environment,
    SOURCE_ID: source,
    DESTINATION_ID: configuration.destination,
    PAUSED_DESTINATION_ID: configuration.paused,
    CONNECTION_ID: configuration.connection,
    EVENT_ID: eventId(base),
    EVENT_BASE: base,
    NEW_EVENT_BASE: newBase(now),
    DELIVERED_ID: deliveryId(base, 1),
    FAILED_ID: deliveryId(base, 2),
    PENDING_ID: deliveryId(base, 3),
    ...idsOfFailure({ base, ordinal: 2, attempt: 1 }),
    RECOVERY_ID: await startRecovery(table, owner, configuration.destination, now),
    NOW: iso(now),
    NOW_MS: String(now),
    EXPIRES_AT: String(expiry(now, RETENTION_DAYS)),
  };
}

/** The attempt that the failed delivery died on, as each surface names it. */
function idsOfFailure(address: FamilyAddress) {
  const { base, ordinal, attempt } = address;
  return {
    ATTEMPT_ID: attemptId(base, ordinal, attempt),
    ITEM_ID: toUuid(familyHex(address)),
    DEAD_LETTER_ID: deadLetterId(base, ordinal, attempt),
  };
}

/** A recovery of the destination that no run of the sweep has seen yet. */
async function startRecovery(table: Table, owner: Owner, destination: string, now: number): Promise<string> {
  const id = newConfigurationId('rec', now);
  const range = { from: iso(now - DAY_MS), to: iso(now) };
  const progress = { status: 'running' as const, seen: 0, replayed: 0, skipped: 0 };
  await putRecovery(table, { id, ...owner, destination, ...range, ...progress }, RETENTION_DAYS);
  return id;
}

const SETTINGS = { shards: SHARDS, retentionDays: RETENTION_DAYS };

const DAY_MS = 86_400_000;

const iso = (time: number): string => new Date(time).toISOString();

async function putKey(table: Table, now: number) {
  // An environment of its own, so that other samples' data does not show.
  const environment = `sample-${randomBytes(4).toString('hex')}`;
  const request = { organization: 'samples', environment, name: 'sample', scopes: SCOPES };
  const { secret, key } = await createApiKey(table, request, now);
  const session = await startSession(table, key.hash, now, now + DAY_MS);
  return { secret, session, key: { ...key, environment: key.environment ?? '' } };
}

interface Owner {
  readonly organization: string;
  readonly environment: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

async function putConfiguration(table: Table, owner: Owner, url: string, now: number) {
  const source = newConfigurationId('src', now);
  const destination = newConfigurationId('dst', now);
  const paused = newConfigurationId('dst', now);
  const connection = newConfigurationId('con', now);
  await putSource(table, { ...owner, id: source, name: 'Shop', slug: 'shop', status: 'active' });
  const common = {
    ...({ ...owner, url, method: 'POST', headers: {}, auth: { type: 'none' }, timeoutMs: 5000 } as const),
    retryPolicy: { maxAttempts: 5, schedule: [5, 300, 1800, 7200] },
    signingSecrets: [newSigningSecret()],
  };
  await putDestination(table, { ...common, id: destination, name: 'Warehouse', slug: 'warehouse', status: 'active' });
  await putDestination(table, { ...common, id: paused, name: 'Archive', slug: 'archive', status: 'paused' });
  await putConnection(table, {
    ...owner,
    id: connection,
    name: 'Shop to warehouse',
    destination,
    filterRules: [],
    enabled: true,
  });
  return { source, destination, paused, connection };
}

/** A receiver that accepts everything. */
async function startReceiver(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    request.resume().once('end', () => response.end('{"ok":true}'));
  });
  const port = await listen(server, 0);
  return { url: `http://${LOOPBACK}:${port}/hooks`, stop: () => closeServer(server) };
}
