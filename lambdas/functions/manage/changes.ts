import { notFound } from '../../http/errors';
import type { ApiResponse } from '../../http/messages';
import type { Change } from '../../store/table/expressions';

/**
 * The change of an item that a PATCH asks for: undefined leaves a member as it is, null takes it away.
 *
 * @param members by the names they are stored under
 */
export function changeOf(members: Readonly<Record<string, unknown>>, now = Date.now()): Change {
  const given = Object.entries(members).filter(([, value]) => value !== undefined);
  const set = Object.fromEntries(given.filter(([, value]) => value !== null));
  const remove = given.filter(([, value]) => value === null).map(([name]) => name);
  return { set: { ...set, updatedAt: new Date(now).toISOString() }, remove };
}

/** The answer to a DELETE: JSON, as clients of this surface parse every answer. */
export function deleted(kind: string, id: string, done: boolean): ApiResponse {
  if (!done) throw notFound(kind, id);
  return { status: 200, body: { id, deleted: true } };
}
