import { createHash, randomBytes } from 'node:crypto';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { newConfigurationId } from '../domain/identifiers';
import { apiKeyEntryKey, apiKeyKey, environmentKey, type Key, organizationKey, organizationPk } from './addresses';
import { expectConditionFailure } from './conditions';
import { queryAll } from './query';
import type { Table } from './table';

/** What a key may do. */
export const SCOPES = ['read', 'write', 'delete'] as const;
export type Scope = (typeof SCOPES)[number];

const record = z.object({
  id: z.string(),
  /** SHA-256 of the secret, in hex. The secret itself is stored nowhere. */
  hash: z.string(),
  name: z.string(),
  organization: z.string(),
  organizationName: z.string(),
  /** Absent on a key of the whole organization. */
  environment: z.string().optional(),
  environmentName: z.string().optional(),
  scopes: z.array(z.enum(SCOPES)),
  /** ISO 8601. */
  createdAt: z.string(),
  expiresOn: z.string().optional(),
  revokedAt: z.string().optional(),
});

/** An API key as it is stored. */
export type ApiKey = z.output<typeof record>;

/** What a new key is to be. Organization and environment are made on first use. */
export interface ApiKeyRequest {
  readonly organization: string;
  /** Absent: a key of the whole organization. */
  readonly environment?: string | undefined;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** ISO 8601. */
  readonly expiresOn?: string | undefined;
}

/** The secret starts so, which lets scanners for leaked secrets find it. */
const SECRET_PREFIX = 'phk_';

/** SHA-256 of a key's secret, in hex. A secret has 256 random bits, so a slow hash would protect nothing more. */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/**
 * Makes an API key.
 *
 * @param now milliseconds since the epoch
 * @returns the secret, which cannot be read again, and the key as it is stored
 */
export async function createApiKey(
  table: Table,
  request: ApiKeyRequest,
  now: number,
): Promise<{ readonly secret: string; readonly key: ApiKey }> {
  const organization = await ensure(table, organizationKey(request.organization), 'org', now);
  const environment =
    request.environment && (await ensure(table, environmentKey(organization, request.environment), 'env', now));
  const secret = SECRET_PREFIX + randomBytes(32).toString('base64url');
  const key: ApiKey = {
    id: newConfigurationId('key', now),
    hash: hashSecret(secret),
    name: request.name,
    organization,
    organizationName: request.organization,
    ...(environment && { environment, environmentName: request.environment }),
    scopes: [...request.scopes],
    createdAt: new Date(now).toISOString(),
    ...(request.expiresOn && { expiresOn: request.expiresOn }),
  };
  await putKey(table, key);
  return { secret, key };
}

async function putKey(table: Table, key: ApiKey): Promise<void> {
  const ConditionExpression = 'attribute_not_exists(pk)';
  const entry = { ...apiKeyEntryKey(key.organization, key.id), hash: key.hash };
  const TransactItems = [
    { Put: { TableName: table.name, Item: { ...apiKeyKey(key.hash), ...key }, ConditionExpression } },
    { Put: { TableName: table.name, Item: entry, ConditionExpression } },
  ];
  await table.documents.send(new TransactWriteCommand({ TransactItems }));
}

/** The id that a name has, given to it now if it has none: two callers at once agree on one. */
async function ensure(table: Table, key: Key, prefix: 'org' | 'env', now: number): Promise<string> {
  const id = newConfigurationId(prefix, now);
  const Item = { ...key, id, createdAt: new Date(now).toISOString() };
  const command = new PutCommand({
    TableName: table.name,
    Item,
    ConditionExpression: 'attribute_not_exists(pk)',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  try {
    await table.documents.send(command);
    return id;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException && error.Item?.id?.S) return error.Item.id.S;
    throw error;
  }
}

/** Finds a key by its secret; revoked and expired ones are found too. */
export async function findApiKey(table: Table, secret: string): Promise<ApiKey | undefined> {
  return getByHash(table, hashSecret(secret));
}

async function getByHash(table: Table, hash: string): Promise<ApiKey | undefined> {
  const command = new GetCommand({ TableName: table.name, Key: apiKeyKey(hash), ConsistentRead: true });
  const { Item } = await table.documents.send(command);
  return Item && record.parse(Item);
}

/** The id of an organization by its name, or undefined. */
export async function findOrganization(table: Table, name: string): Promise<string | undefined> {
  const command = new GetCommand({ TableName: table.name, Key: organizationKey(name), ConsistentRead: true });
  const { Item } = await table.documents.send(command);
  return Item && z.object({ id: z.string() }).parse(Item).id;
}

/** Ids of all organizations. */
export async function listOrganizations(table: Table): Promise<string[]> {
  const items = await queryAll(table, organizationKey('').pk, '');
  return items.map((item) => z.object({ id: z.string() }).parse(item).id);
}

/** Ids of the environments of an organization. */
export async function listEnvironments(table: Table, organization: string): Promise<string[]> {
  const items = await queryAll(table, organizationPk(organization), 'ENV#');
  return items.map((item) => z.object({ id: z.string() }).parse(item).id);
}

/** All keys of an organization, oldest first. */
export async function listApiKeys(table: Table, organization: string): Promise<ApiKey[]> {
  const entries = await queryAll(table, organizationPk(organization), 'KEY#');
  const hashes = entries.map((entry) => z.object({ hash: z.string() }).parse(entry).hash);
  const keys = await Promise.all(hashes.map((hash) => getByHash(table, hash)));
  return keys.filter((key) => key !== undefined);
}

/**
 * Revokes a key. Repeating it changes nothing.
 *
 * @returns false when the organization has no such key
 */
export async function revokeApiKey(table: Table, organization: string, id: string, now: number): Promise<boolean> {
  const Key = apiKeyEntryKey(organization, id);
  const { Item } = await table.documents.send(new GetCommand({ TableName: table.name, Key, ConsistentRead: true }));
  if (!Item) return false;
  const { hash } = z.object({ hash: z.string() }).parse(Item);
  try {
    await table.documents.send(
      new UpdateCommand({
        TableName: table.name,
        Key: apiKeyKey(hash),
        UpdateExpression: 'SET revokedAt = if_not_exists(revokedAt, :now)',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: { ':now': new Date(now).toISOString() },
      }),
    );
    return true;
  } catch (error) {
    expectConditionFailure(error);
    return false;
  }
}
