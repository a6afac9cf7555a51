import * as z from 'zod';
import { COUNT_LIMIT, type Page, type Window } from '../store/pages';
import { invalid } from './errors';

const number = (name: string) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `${name} must be a whole number`)
    .transform(Number);

/** A whole number in a query string, from `minimum` to `maximum`. */
export const wholeNumber = (name: string, minimum: number, maximum: number) =>
  number(name).pipe(z.number().min(minimum).max(maximum));

/** An ISO 8601 date or time in a query string, as the indexes write times. */
export const isoTime = z
  .string()
  .refine((text) => /^\d{4}-\d{2}-\d{2}/.test(text) && !Number.isNaN(Date.parse(text)), 'must be an ISO 8601 date')
  .transform((text) => new Date(text).toISOString());

/** Where a list continues, opaque to the client: after the row with that sort key, `position` rows after its start. */
export const encodeCursor = (sort: string, position = 0): string =>
  Buffer.from(`${sort}#${position}`).toString('base64url');

/** Reads a cursor that an earlier answer gave. */
export function decodeCursor(cursor: string): { readonly sort: string; readonly position: number } {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const match = /^(\d{4}-[0-9T:.-]+Z#[0-9a-f]{32})#(\d{1,12})$/.exec(text);
  if (!match?.[1]) throw invalid('cursor', 'was not given by an earlier answer');
  return { sort: match[1], position: Number(match[2]) };
}

/** The cursor of a page, as its answer offers it: null on the last page. */
export const nextCursor = ({ next }: Pick<Page<unknown>, 'next'>): string | null =>
  next ? encodeCursor(next.sort, next.position) : null;

/**
 * The window of a list.
 *
 * @param field the parameter that is to blame when the offset is out of reach
 */
export function windowOf(offset: number, limit: number, cursor: string | undefined, field: string): Window {
  if (cursor !== undefined) {
    const { sort, position } = decodeCursor(cursor);
    return { offset: 0, limit, cursor: sort, position };
  }
  if (offset + limit > COUNT_LIMIT) {
    throw invalid(field, `reaches the first ${COUNT_LIMIT} rows only; narrow the list by time, or page by cursor`);
  }
  return { offset, limit };
}
