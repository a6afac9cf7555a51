import { randomBytes } from 'node:crypto';
import { deliveryId, eventId, newBase, newConfigurationId } from '../../lambdas/domain/identifiers';
import { newSigningSecret } from '../../lambdas/domain/signature';
import { createApiKey, SCOPES } from '../../lambdas/store/api-keys';
import { putConnection, putDestination, putSource } from '../../lambdas/store/configuration';
import { expiry, putEvent } from '../../lambdas/store/events';
import { openTable, type Table } from '../../lambdas/store/table';
import { dynamoDbClient } from '../dynamodb/client';
import type { LocalStack } from '../stack';
import { deliverAfterRetry, fail, type History, putBack, RETENTION_DAYS, SHARDS } from './history';
import type { Placeholder } from './placeholders';
import { startReceiver } from './receiver';

/** Everything that a sample event may refer to, in place. */
export interface Samples {
  readonly values: Readonly<Record<Placeholder, string>>;
  /** Stops the receiver that the sample destination leads to. */
  stop(): Promise<void>;
}

const BODY = Buffer.from('{"order": 42, "total": "19.90"}');

/**
 * Makes what the sample events refer to, in an environment of their own: a key; a source, a destination with a receiver
 * behind it, and a connection; an event with three deliveries, of which one was delivered at its second attempt, one
 * failed, and one failed and was put back, so that its second attempt is due.
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
  const { secret, organization, environment } = await putKey(table, now);
  const owner = { organization, environment, createdAt: iso(now), updatedAt: iso(now) };
  const configuration = await putConfiguration(table, owner, url, now);
  const base = newBase(now);
  const event = { base, organization, environment, createdAt: iso(now) };
  await putEvent(table, { ...event, type: 'order.created', contentType: 'application/json', body: BODY }, SETTINGS);
  const history: History = { ...event, ...configuration, url, now };
  await deliverAfterRetry(table, history, 1);
  await fail(table, history, 2);
  await putBack(table, history, 3);
  return {
    API_KEY: secret,
    ORGANIZATION_ID: organization,
    ENVIRONMENT_ID: environment,
    SOURCE_ID: configuration.source,
    DESTINATION_ID: configuration.destination,
    CONNECTION_ID: configuration.connection,
    EVENT_ID: eventId(base),
    EVENT_BASE: base,
    NEW_EVENT_BASE: newBase(now),
    DELIVERED_ID: deliveryId(base, 1),
    FAILED_ID: deliveryId(base, 2),
    PENDING_ID: deliveryId(base, 3),
    NOW: iso(now),
    EXPIRES_AT: String(expiry(now, RETENTION_DAYS)),
  };
}

const SETTINGS = { shards: SHARDS, retentionDays: RETENTION_DAYS };

const iso = (time: number): string => new Date(time).toISOString();

async function putKey(table: Table, now: number) {
  // An environment of its own, so that what other samples made does not show.
  const environment = `sample-${randomBytes(4).toString('hex')}`;
  const request = { organization: 'samples', environment, name: 'sample', scopes: SCOPES };
  const { secret, key } = await createApiKey(table, request, now);
  return { secret, organization: key.organization, environment: key.environment ?? '' };
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
  const connection = newConfigurationId('con', now);
  await putSource(table, { ...owner, id: source, name: 'Shop', slug: 'shop', status: 'active' });
  await putDestination(table, {
    ...{ ...owner, id: destination, name: 'Warehouse', slug: 'warehouse', url },
    ...{ method: 'POST', headers: {}, auth: { type: 'none' }, timeoutMs: 5000, status: 'active' },
    retryPolicy: { maxAttempts: 5, schedule: [5, 300, 1800, 7200] },
    signingSecrets: [newSigningSecret()],
  });
  await putConnection(table, {
    ...{ ...owner, id: connection, name: 'Shop to warehouse', destination, filterRules: [], enabled: true },
  });
  return { source, destination, connection };
}
