import { COUNT_LIMIT, type Page, type Total, type Window } from '../store/lists/pages';
import { invalid } from './errors';

/** Where a list continues, opaque to clients: after the row with this sort key, with the total so far. */
export const encodeCursor = (sort: string, total?: Total): string =>
  Buffer.from(`${sort}${total ? `#${total.total}${total.totalIsExact ? '' : '+'}` : ''}`).toString('base64url');

/** Reads a cursor that an earlier answer gave. */
export function decodeCursor(cursor: string): { readonly sort: string; readonly total?: Total | undefined } {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const match = /^(\d{4}-[0-9T:.-]+Z#[0-9a-f]{32})(?:#(\d{1,15})(\+?))?$/.exec(text);
  if (!match?.[1]) throw invalid('cursor', 'was not given by an earlier answer');
  const [, sort, total, more] = match;
  return { sort, total: total === undefined ? undefined : { total: Number(total), totalIsExact: more === '' } };
}

/** The cursor for the next page; null on the last one. */
export const nextCursor = ({ next, total, totalIsExact }: Omit<Page<unknown>, 'rows'>): string | null =>
  next === undefined ? null : encodeCursor(next, { total, totalIsExact });

/**
 * The window of a list.
 *
 * @param field the parameter to name when the offset is too large
 */
export function windowOf(offset: number, limit: number, cursor: string | undefined, field: string): Window {
  if (cursor !== undefined) {
    const { sort, total } = decodeCursor(cursor);
    return { offset: 0, limit, cursor: sort, total };
  }
  if (offset + limit > COUNT_LIMIT) {
    throw invalid(field, `reaches the first ${COUNT_LIMIT} rows only; narrow the list by time, or page by cursor`);
  }
  return { offset, limit };
}
