import { COUNT_LIMIT, type Page, type Total, type Window } from '../store/lists/pages';
import { invalid } from './errors';

/** Where a list continues, opaque to the client: after the row with that sort key, and what was told of its total. */
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

/** The cursor of a page, as its answer offers it: null on the last page. */
export const nextCursor = ({ next, total, totalIsExact }: Omit<Page<unknown>, 'rows'>): string | null =>
  next === undefined ? null : encodeCursor(next, { total, totalIsExact });

/**
 * The window of a list.
 *
 * @param field the parameter that is to blame when the offset is out of reach
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
