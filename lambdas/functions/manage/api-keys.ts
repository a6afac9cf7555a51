import * as z from 'zod/mini';
import { tenant } from '../../configuration/derived';
import { nameText } from '../../configuration/names';
import { isoTime } from '../../dialects/parameters';
import type { Principal } from '../../http/authentication';
import { ApiError, invalid, notFound } from '../../http/errors';
import type { ApiRequest, ApiResponse } from '../../http/messages';
import { parseJson, validate } from '../../http/parse';
import { pageOfWhole } from '../../operations/whole-lists';
import {
  type ApiKey,
  addApiKey,
  findEnvironment,
  getApiKey,
  type KeyOwner,
  listApiKeys,
  revokeApiKey,
  SCOPES,
} from '../../store/access/api-keys';
import type { Table } from '../../store/table/table';
import { apiKeyQuery } from './queries';

/** Body of `POST /v1/api-keys`. */
export const apiKeyBody = z.object({
  ...tenant,
  name: nameText(),
  /** Name of an environment; a key of the whole organization may also give its id as `env_id`. */
  environment: z.nullish(z.string().check(z.minLength(1), z.maxLength(255))),
  scopes: z.optional(z.array(z.enum(SCOPES)).check(z.minLength(1))),
  expires_on: z.nullish(isoTime),
  rate_limit: z.nullish(
    z.object({
      per_second: z.int().check(z.minimum(1), z.maximum(1000)),
      burst: z.int().check(z.minimum(1), z.maximum(5000)),
    }),
  ),
});

type Body = z.output<typeof apiKeyBody>;

/** `POST /v1/api-keys`: the only answer that shows the secret. A key cannot grant more than it has. */
export async function createKey(
  table: Table,
  request: ApiRequest,
  caller: Principal,
  now: number,
): Promise<ApiResponse> {
  const body = validate(apiKeyBody, parseJson(request.body).value);
  const owner = await ownerOf(table, caller, body);
  const scopes = scopesOf(caller, body);
  const expiresOn = expiryOf(caller, body, now);
  const rateLimit = rateLimitOf(caller, body);
  const { secret, key } = await addApiKey(table, owner, { name: body.name, scopes, expiresOn, rateLimit }, now);
  return { status: 201, body: { api_key: { ...writeKey(key), secret } } };
}

/** A key of an environment creates keys for that one; a key of the organization, for any of its environments, or for all. */
async function ownerOf(table: Table, caller: Principal, body: Body): Promise<KeyOwner> {
  const { organization, organizationName, environment, environmentName } = caller;
  refuseOthers('org_id', body.org_id, [organization, organizationName]);
  if (environment !== undefined) {
    refuseOthers('env_id', body.env_id, [environment, environmentName]);
    refuseOthers('environment', body.environment, [environment, environmentName]);
    return { organization, organizationName, environment, environmentName };
  }
  const { environment: name = null } = body;
  // Some clients write "default" for what the key itself belongs to: here the whole organization.
  const id = body.env_id === 'default' ? undefined : body.env_id;
  if (id === undefined && name === null) return { organization, organizationName };
  const found = await findEnvironment(table, organization, { id, name: name ?? undefined });
  if (!found) throw invalid(id === undefined ? 'environment' : 'env_id', 'names no environment of the organization');
  return { organization, organizationName, environment: found.id, environmentName: found.name };
}

function refuseOthers(field: string, given: string | null | undefined, own: readonly (string | undefined)[]): void {
  if (given === undefined || given === null || given === 'default' || own.includes(given)) return;
  throw invalid(field, 'must be the one that the calling API key belongs to');
}

function scopesOf(caller: Principal, body: Body): ApiKey['scopes'] {
  const scopes = SCOPES.filter((scope) => (body.scopes ?? caller.scopes).includes(scope));
  const beyond = scopes.find((scope) => !caller.scopes.includes(scope));
  if (beyond) throw new ApiError('FORBIDDEN', `scopes: the calling API key lacks ${beyond} itself`);
  return scopes;
}

/** A key cannot create one that outlives it. */
function expiryOf(caller: Principal, { expires_on }: Body, now: number): string | undefined {
  const expiresOn = expires_on ?? caller.expiresOn;
  if (expiresOn === undefined) return undefined;
  if (Date.parse(expiresOn) <= now) throw invalid('expires_on', 'must be in the future');
  if (caller.expiresOn && Date.parse(expiresOn) > Date.parse(caller.expiresOn)) {
    throw invalid('expires_on', 'must not be later than the calling API key expires itself');
  }
  return expiresOn;
}

/** A key with limits of its own gives them away, or less. */
function rateLimitOf({ rateLimit: own }: Principal, { rate_limit: asked }: Body): ApiKey['rateLimit'] {
  if (!asked) return own;
  const limits = { perSecond: asked.per_second, burst: asked.burst };
  if (own && (limits.perSecond > own.perSecond || limits.burst > own.burst)) {
    const most = `${own.perSecond} calls a second and ${own.burst} at once`;
    throw new ApiError('FORBIDDEN', `rate_limit: the calling API key has ${most} itself`);
  }
  return limits;
}

/** `GET /v1/api-keys`: the keys of the caller's environment, or all of its organization. No secrets. */
export async function showKeys(table: Table, { query }: ApiRequest, caller: Principal): Promise<ApiResponse> {
  const paging = validate(apiKeyQuery, query);
  const keys = await listApiKeys(table, caller.organization);
  const own = keys.filter((key) => isWithin(caller, key));
  const { rows, pagination } = pageOfWhole(own, paging);
  return { status: 200, body: { api_keys: rows.map(writeKey), pagination } };
}

/** `DELETE /v1/api-keys/{id}`: the key and its sessions stop working within 30 seconds. */
export async function deleteKey(
  table: Table,
  { params }: ApiRequest,
  caller: Principal,
  now: number,
): Promise<ApiResponse> {
  const id = params.id ?? '';
  const key = await getApiKey(table, caller.organization, id);
  if (!key || !isWithin(caller, key)) throw notFound('API key', id);
  await revokeApiKey(table, caller.organization, id, now);
  return { status: 200, body: { id, revoked: true } };
}

const isWithin = (caller: Principal, key: ApiKey): boolean =>
  caller.environment === undefined || caller.environment === key.environment;

function writeKey(key: ApiKey) {
  return {
    id: key.id,
    name: key.name,
    org_id: key.organization,
    env_id: key.environment ?? null,
    environment: key.environmentName ?? null,
    scopes: key.scopes,
    rate_limit: key.rateLimit ? { per_second: key.rateLimit.perSecond, burst: key.rateLimit.burst } : null,
    expires_on: key.expiresOn ?? null,
    created_at: key.createdAt,
    revoked_at: key.revokedAt ?? null,
  };
}
