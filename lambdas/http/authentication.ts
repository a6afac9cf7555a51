import { cached } from '../cache';
import { type ApiKey, findApiKey, type Scope } from '../store/api-keys';
import type { Table } from '../store/table';
import { ApiError } from './errors';
import type { ApiRequest } from './messages';

/** A revoked key stops working after this long at most; the promise is 30 seconds. */
const KEY_TTL_MS = 20_000;

/** Who calls. */
export interface Principal {
  readonly keyId: string;
  readonly organization: string;
  readonly organizationName: string;
  /** Absent with a key of the whole organization. */
  readonly environment?: string | undefined;
  readonly environmentName?: string | undefined;
  readonly scopes: readonly Scope[];
}

/** Who calls, with a key of one environment. */
export interface EnvironmentPrincipal extends Principal {
  readonly environment: string;
}

export type Authenticate = (request: ApiRequest, scope: Scope) => Promise<Principal>;

/** Makes the check that every route but the public ones runs first. Keys are kept for some seconds. */
export function createAuthenticate(table: Table, now: () => number): Authenticate {
  const find = cached((secret) => findApiKey(table, secret), { ttlMs: KEY_TTL_MS, now });
  return async (request, scope) => {
    const secret = presentedKey(request);
    if (!secret)
      throw new ApiError('UNAUTHORIZED', 'An API key is required: send it as X-API-Key or as a Bearer token');
    const key = await find(secret);
    if (!key || !isUsable(key, now())) throw new ApiError('UNAUTHORIZED', 'The API key is not valid');
    if (!key.scopes.includes(scope)) throw new ApiError('FORBIDDEN', `The API key lacks the scope ${scope}`);
    return principalOf(key);
  };
}

/** The key that a request presents: `X-API-Key: K`, or `Authorization: Bearer K`. */
function presentedKey({ headers }: ApiRequest): string | undefined {
  return headers['x-api-key'] ?? /^Bearer\s+(\S+)$/i.exec(headers.authorization ?? '')?.[1];
}

function isUsable(key: ApiKey, now: number): boolean {
  if (key.revokedAt) return false;
  return !key.expiresOn || Date.parse(key.expiresOn) > now;
}

function principalOf(key: ApiKey): Principal {
  const { id, organization, organizationName, environment, environmentName, scopes } = key;
  return { keyId: id, organization, organizationName, environment, environmentName, scopes };
}

/**
 * The environment of a caller who is about to change something.
 *
 * @throws ApiError 403 for a key of the whole organization, which reads across environments and changes nothing in them
 */
export function requireEnvironment(principal: Principal): EnvironmentPrincipal {
  const { environment } = principal;
  if (environment) return { ...principal, environment };
  throw new ApiError('FORBIDDEN', 'This key belongs to the whole organization; use a key of one environment');
}
