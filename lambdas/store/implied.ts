import * as z from 'zod/mini';
import { once } from '../once';

/** What nearly every event is. */
const USUAL_CONTENT_TYPE = 'application/json';

/** An ISO 8601 time in UTC with milliseconds. */
const TIME_LENGTH = '2026-11-21T20:41:00.000Z'.length;

/** What the item of an event can do without, because its index keys or the usual say it. */
interface Implied {
  readonly env: string;
  readonly createdAt: string;
  readonly contentType: string;
}

const keys = once(() => z.object({ tlPk: z.string(), tlSk: z.string() }));

/**
 * Leaves out of an event's item what {@link withImplied} finds again. It is about a hundred bytes, which often are the ones
 * that would cost a further write unit.
 */
export function withoutImplied<Item extends Implied>({ env: _, createdAt: __, contentType, ...rest }: Item) {
  return contentType === USUAL_CONTENT_TYPE ? rest : { ...rest, contentType };
}

/** Fills in what an event's item leaves out. What it does not leave out is kept; an item without index keys stays as it is. */
export function withImplied(raw: unknown): unknown {
  const found = keys().safeParse(raw);
  if (!found.success) return raw;
  const { tlPk, tlSk } = found.data;
  const [, env] = /^ENV#(.+)#EVT#\d+$/.exec(tlPk) ?? [];
  return { env, createdAt: tlSk.slice(0, TIME_LENGTH), contentType: USUAL_CONTENT_TYPE, ...(raw as object) };
}
