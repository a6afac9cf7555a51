import * as z from 'zod/mini';
import { once } from '../../runtime/once';

/** The content type of nearly every event. */
const USUAL_CONTENT_TYPE = 'application/json';

/** An ISO 8601 time in UTC with milliseconds. */
const TIME_LENGTH = '2026-11-21T20:41:00.000Z'.length;

/** What items can do without, because their index keys hold it. */
interface Implied {
  readonly env: string;
  readonly createdAt: string;
}

const keys = once(() => z.object({ tlPk: z.string(), tlSk: z.string(), dstPk: z.optional(z.string()) }));

/**
 * Leaves out of an event's item what {@link expandEvent} finds again. It is about a hundred bytes, which often are the ones
 * that would cost a further write unit.
 */
export function compactEvent<Item extends Implied & { readonly contentType: string }>(item: Item) {
  const { env: _, createdAt: __, contentType, ...rest } = item;
  return contentType === USUAL_CONTENT_TYPE ? rest : { ...rest, contentType };
}

/** The same for the item of a delivery, which is written several times and grows with its attempts. */
export function compactDelivery<Item extends Implied & { readonly dst: string }>(item: Item) {
  const { env: _, createdAt: __, dst: ___, ...rest } = item;
  return rest;
}

/** Restores what an event's item omits. Present attributes stay; without index keys nothing is restored. */
export const expandEvent = (raw: unknown): unknown => filledIn(raw, { contentType: USUAL_CONTENT_TYPE });

/** Fills in what the item of a delivery leaves out. */
export const expandDelivery = (raw: unknown): unknown => filledIn(raw);

function filledIn(raw: unknown, usual: object = {}): unknown {
  const found = keys().safeParse(raw);
  if (!found.success) return raw;
  const { tlPk, tlSk, dstPk = '' } = found.data;
  const [, env] = /^ENV#(.+)#(?:EVT|DLV)#\d+$/.exec(tlPk) ?? [];
  const [, dst] = /^DST#(.+)#DLV$/.exec(dstPk) ?? [];
  const implied = { env, createdAt: tlSk.slice(0, TIME_LENGTH), ...(dst !== undefined && { dst }) };
  return { ...usual, ...implied, ...(raw as object) };
}
