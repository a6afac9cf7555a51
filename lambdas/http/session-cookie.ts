import type { ApiRequest } from './messages';

/** The cookie name that clients of the documented surfaces expect. */
const NAME = 'better-auth.session_token';

/** Not readable by scripts, never sent over plain HTTP or from another site. */
const ATTRIBUTES = 'Path=/; HttpOnly; Secure; SameSite=Strict';

/** The token in the session cookie of a request, if there is one. */
export function readSessionToken({ cookies }: Pick<ApiRequest, 'cookies'>): string | undefined {
  const found = cookies.find((cookie) => cookie.startsWith(`${NAME}=`));
  return found?.slice(NAME.length + 1) || undefined;
}

/**
 * The cookie that starts a session in a client.
 *
 * @param until when it ends, milliseconds since the epoch
 */
export function sessionCookie(token: string, now: number, until: number): string {
  const maxAge = Math.max(0, Math.floor((until - now) / 1000));
  return `${NAME}=${token}; Max-Age=${maxAge}; Expires=${new Date(until).toUTCString()}; ${ATTRIBUTES}`;
}

/** The cookie that ends a session in a client. */
export const endedSessionCookie = (): string =>
  `${NAME}=; Max-Age=0; Expires=${new Date(0).toUTCString()}; ${ATTRIBUTES}`;
