import type { Principal } from '../../http/authentication';
import { ApiError } from '../../http/errors';
import type { ApiResponse } from '../../http/messages';
import { endedSessionCookie, sessionCookie } from '../../http/session-cookie';
import { endSession, startSession } from '../../store/access/sessions';
import type { Table } from '../../store/table/table';

/** A session lasts a day, but never longer than its key. */
const SESSION_MS = 24 * 60 * 60 * 1000;

/** `POST /v1/session`: exchanges a key for a session cookie. */
export async function createSession(table: Table, caller: Principal, now: number): Promise<ApiResponse> {
  // A session that could renew itself would never end.
  if (caller.session) throw new ApiError('FORBIDDEN', 'A session is started with an API key, not with another session');
  const keyEnds = caller.expiresOn ? Date.parse(caller.expiresOn) : Number.POSITIVE_INFINITY;
  const until = Math.min(now + SESSION_MS, keyEnds);
  const token = await startSession(table, caller.keyHash, now, until);
  const session = { token, expiresOn: new Date(until).toISOString() };
  const body = { session: writeSession({ ...caller, session }) };
  return { status: 201, body, cookies: [sessionCookie(token, now, until)] };
}

/** `GET /v1/session`: who is calling, by whichever means. */
export async function showSession(caller: Principal): Promise<ApiResponse> {
  return { status: 200, body: { session: writeSession(caller) } };
}

/** `DELETE /v1/session`: ends the current session. */
export async function deleteSession(table: Table, caller: Principal): Promise<ApiResponse> {
  if (!caller.session) throw new ApiError('VALIDATION_ERROR', 'There is no session: the call presented an API key');
  await endSession(table, caller.session.token);
  return { status: 200, body: { ended: true }, cookies: [endedSessionCookie()] };
}

function writeSession(caller: Principal) {
  return {
    key_id: caller.keyId,
    key_name: caller.keyName,
    org_id: caller.organization,
    org_name: caller.organizationName,
    env_id: caller.environment ?? null,
    env_name: caller.environmentName ?? null,
    scopes: caller.scopes,
    authenticated_by: caller.session ? 'session' : 'api_key',
    expires_on: caller.session?.expiresOn ?? caller.expiresOn ?? null,
  };
}
