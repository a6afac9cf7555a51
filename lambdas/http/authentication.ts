import { setTimeout as sleep } from 'node:timers/promises';
import type { CallLimits } from '../domain/call-budget';
import { cached } from '../runtime/cache';
import { type ApiKey, findApiKeyByHash, hashSecret, type Scope } from '../store/access/api-keys';
import { readBudget, writeBudget } from '../store/access/call-budgets';
import { findSession } from '../store/access/sessions';
import type { Table } from '../store/table/table';
import { type Admit, createCallLimiter } from './call-limiter';
import { ApiError } from './errors';
import type { ApiRequest } from './messages';
import { readSessionToken } from './session-cookie';

/** A revoked key stops working after this long at most; the promise is 30 seconds. */
const KEY_TTL_MS = 20_000;

/** An ended session stops working everywhere after this long at most. */
const SESSION_TTL_MS = 5_000;

/** Who calls. */
export interface Principal {
  readonly keyId: string;
  readonly keyName: string;
  readonly keyHash: string;
  readonly organization: string;
  readonly organizationName: string;
  /** Absent with a key of the whole organization. */
  readonly environment?: string | undefined;
  readonly environmentName?: string | undefined;
  readonly scopes: readonly Scope[];
  /** When the key expires, ISO 8601. */
  readonly expiresOn?: string | undefined;
  /** Limits of the key's own; absent: the deployment's default. */
  readonly rateLimit?: CallLimits | undefined;
  /** Present if the call has a session instead of the key. */
  readonly session?: { readonly token: string /** ISO 8601. */; readonly expiresOn: string } | undefined;
}

/** Who calls, with a key of one environment. */
export interface EnvironmentPrincipal extends Principal {
  readonly environment: string;
}

/** What a call needs: a scope of its key, or any key at all. */
export type Needs = Scope | 'any key';

export type Authenticate = (request: ApiRequest, needs: Needs) => Promise<Principal>;

/**
 * Creates the check that every route except the public ones runs first. Keys and sessions are cached for some seconds.
 *
 * @param limits limits for keys that have none of their own
 */
export function createAuthenticate(table: Table, now: () => number, limits: CallLimits): Authenticate {
  const findKey = cached((hash) => findApiKeyByHash(table, hash), { ttlMs: KEY_TTL_MS, now });
  const find = cached((token) => findSession(table, token), { ttlMs: SESSION_TTL_MS, now });
  const admit = tableLimiter(table, now);
  return async (request, needs) => {
    const { hash, session } = await presented(request, find, now());
    const key = await findKey(hash);
    if (!key || !isUsable(key, now()))
      throw new ApiError('UNAUTHORIZED', `The ${session ? 'session' : 'API key'} is not valid`);
    await refuseFlood(admit, key, limits);
    if (needs !== 'any key' && !key.scopes.includes(needs))
      throw new ApiError('FORBIDDEN', `The API key lacks the scope ${needs}`);
    return { ...principalOf(key), session };
  };
}

type Presented = { readonly hash: string } & Pick<Principal, 'session'>;

/** The key that a request presents: `X-API-Key: K`, `Authorization: Bearer K`, or the cookie of a session. */
async function presented(
  request: ApiRequest,
  find: (token: string) => ReturnType<typeof findSession>,
  now: number,
): Promise<Presented> {
  const { headers } = request;
  const secret = headers['x-api-key'] || /^Bearer\s+(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  if (secret) return { hash: hashSecret(secret) };
  const token = readSessionToken(request);
  if (!token) throw new ApiError('UNAUTHORIZED', 'An API key is required: send it as X-API-Key or as a Bearer token');
  const session = await find(token);
  if (!session || Date.parse(session.expiresOn) <= now) throw new ApiError('UNAUTHORIZED', 'The session is not valid');
  return { hash: session.keyHash, session: { token, expiresOn: session.expiresOn } };
}

function isUsable(key: ApiKey, now: number): boolean {
  if (key.revokedAt) return false;
  return !key.expiresOn || Date.parse(key.expiresOn) > now;
}

function principalOf(key: ApiKey): Principal {
  const { organization, organizationName, environment, environmentName, scopes, expiresOn, rateLimit } = key;
  const owner = { organization, organizationName, environment, environmentName };
  return { keyId: key.id, keyName: key.name, keyHash: key.hash, ...owner, scopes, expiresOn, rateLimit };
}

function tableLimiter(table: Table, now: () => number): Admit {
  return createCallLimiter({
    read: (keyId) => readBudget(table, keyId),
    write: (keyId, budget, version) => writeBudget(table, keyId, budget, version),
    now,
    pause: (longestMs) => sleep(Math.random() * longestMs),
  });
}

async function refuseFlood(admit: Admit, key: ApiKey, limits: CallLimits): Promise<void> {
  const admission = await admit(key.id, key.rateLimit ?? limits);
  if (admission.admitted) return;
  const seconds = Math.max(1, Math.ceil(admission.retryAfterMs / 1000));
  const headers = { 'retry-after': String(seconds) };
  throw new ApiError('RATE_LIMITED', `Too many requests with this API key; try again in ${seconds} s`, headers);
}

/**
 * The environment of a caller that wants to change something.
 *
 * @throws ApiError 403 for a key of the whole organization, which may only read
 */
export function requireEnvironment(principal: Principal): EnvironmentPrincipal {
  const { environment } = principal;
  if (environment) return { ...principal, environment };
  throw new ApiError('FORBIDDEN', 'This key belongs to the whole organization; use a key of one environment');
}
