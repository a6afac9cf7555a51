import { createHash, randomBytes } from 'node:crypto';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { isConfigurationId, newConfigurationId } from '../../domain/identifiers';
import { once } from '../../runtime/once';
import { apiKeyEntryKey, apiKeyKey, environmentKey, organizationKey, organizationPk } from '../table/addresses';
import { ABSENT, EXISTS, writeIf } from '../table/conditions';
import { getItem, queryAll } from '../table/reads';
import type { Table } from '../table/table';
import { transact } from '../table/transact';
import { ensure } from './tenants';

export { findEnvironment, findOrganization, listEnvironments, listOrganizations } from './tenants';

/** What a key may do. */
export const SCOPES = ['read', 'write', 'delete'] as const;
export type Scope = (typeof SCOPES)[number];

const record = once(() =>
  z.object({
    id: z.string(),
    /** SHA-256 of the secret, in hex. The secret itself is stored nowhere. */
    hash: z.string(),
    name: z.string(),
    organization: z.string(),
    organizationName: z.string(),
    /** Absent on a key of the whole organization. */
    environment: z.optional(z.string()),
    environmentName: z.optional(z.string()),
    scopes: z.array(z.enum(SCOPES)),
    /** ISO 8601. */
    createdAt: z.string(),
    expiresOn: z.optional(z.string()),
    revokedAt: z.optional(z.string()),
    /** Absent: the deployment's default. */
    rateLimit: z.optional(z.object({ perSecond: z.int(), burst: z.int() })),
  }),
);

/** An API key as it is stored. */
export type ApiKey = z.output<ReturnType<typeof record>>;

/** The properties of a new key. */
export interface KeyProperties {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** ISO 8601. */
  readonly expiresOn?: string | undefined;
  readonly rateLimit?: ApiKey['rateLimit'];
}

/** Who a key belongs to, by name. Organization and environment are created on first use. */
export interface ApiKeyRequest extends KeyProperties {
  readonly organization: string;
  /** Absent: a key of the whole organization. */
  readonly environment?: string | undefined;
}

/** Who a key belongs to: an environment, or a whole organization. */
export type KeyOwner = Pick<ApiKey, 'organization' | 'organizationName' | 'environment' | 'environmentName'>;

/** A new key. The secret cannot be read again. */
export interface NewApiKey {
  readonly secret: string;
  readonly key: ApiKey;
}

/** The prefix of secrets, which lets scanners find leaked ones. */
const SECRET_PREFIX = 'phk_';

/** SHA-256 of a key's secret, in hex. A secret has 256 random bits, so a slow hash would add nothing. */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/**
 * Creates an API key, with its organization and environment if they do not exist.
 *
 * @param now milliseconds since the epoch
 */
export async function createApiKey(table: Table, request: ApiKeyRequest, now: number): Promise<NewApiKey> {
  const organization = await ensure(table, organizationKey(request.organization), 'org', now);
  const environment =
    request.environment && (await ensure(table, environmentKey(organization, request.environment), 'env', now));
  const owner = {
    organization,
    organizationName: request.organization,
    ...(environment && { environment, environmentName: request.environment }),
  };
  return addApiKey(table, owner, request, now);
}

/** Creates an API key for an existing owner. */
export async function addApiKey(
  table: Table,
  { organization, organizationName, environment, environmentName }: KeyOwner,
  { name, scopes, expiresOn, rateLimit }: KeyProperties,
  now: number,
): Promise<NewApiKey> {
  const secret = SECRET_PREFIX + randomBytes(32).toString('base64url');
  const key: ApiKey = {
    id: newConfigurationId('key', now),
    hash: hashSecret(secret),
    name,
    organization,
    organizationName,
    ...(environment && { environment, environmentName }),
    scopes: [...scopes],
    createdAt: new Date(now).toISOString(),
    ...(expiresOn && { expiresOn }),
    ...(rateLimit && { rateLimit }),
  };
  await putKey(table, key);
  return { secret, key };
}

async function putKey(table: Table, key: ApiKey): Promise<void> {
  const entry = { ...apiKeyEntryKey(key.organization, key.id), hash: key.hash };
  const { kind } = await transact(table, [
    { Put: { TableName: table.name, Item: { ...apiKeyKey(key.hash), ...key }, ConditionExpression: ABSENT } },
    { Put: { TableName: table.name, Item: entry, ConditionExpression: ABSENT } },
  ]);
  if (kind === 'refused') throw new Error(`There is an API key ${key.id} already.`);
}

/** Finds a key by its secret; revoked and expired ones are found too. */
export async function findApiKey(table: Table, secret: string): Promise<ApiKey | undefined> {
  return findApiKeyByHash(table, hashSecret(secret));
}

/** Finds a key by the SHA-256 of its secret, in hex. */
export async function findApiKeyByHash(table: Table, hash: string): Promise<ApiKey | undefined> {
  const stored = await getItem(table, apiKeyKey(hash));
  return stored && record().parse(stored);
}

/** All keys of an organization, oldest first. */
export async function listApiKeys(table: Table, organization: string): Promise<ApiKey[]> {
  const entries = await queryAll(table, organizationPk(organization), 'KEY#');
  const hashes = entries.map((entry) => z.object({ hash: z.string() }).parse(entry).hash);
  const keys = await Promise.all(hashes.map((hash) => findApiKeyByHash(table, hash)));
  return keys.filter((key) => key !== undefined);
}

/** A key of an organization by its id. */
export async function getApiKey(table: Table, organization: string, id: string): Promise<ApiKey | undefined> {
  if (!isConfigurationId(id, 'key')) return undefined;
  const stored = await getItem(table, apiKeyEntryKey(organization, id));
  return stored && findApiKeyByHash(table, z.object({ hash: z.string() }).parse(stored).hash);
}

/**
 * Revokes a key. Repeating it changes nothing.
 *
 * @returns false when the organization has no such key
 */
export async function revokeApiKey(table: Table, organization: string, id: string, now: number): Promise<boolean> {
  const key = await getApiKey(table, organization, id);
  if (!key) return false;
  const change = new UpdateCommand({
    TableName: table.name,
    Key: apiKeyKey(key.hash),
    UpdateExpression: 'SET revokedAt = if_not_exists(revokedAt, :now)',
    ConditionExpression: EXISTS,
    ExpressionAttributeValues: { ':now': new Date(now).toISOString() },
  });
  return (await writeIf(table, change)).kind === 'done';
}
