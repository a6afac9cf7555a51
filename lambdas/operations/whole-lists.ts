import { nextCursor, windowOf } from '../http/paging';
import { pageOf } from '../store/lists/pages';

/** The default number of rows on a page; an answer has to stay far below what a function may return. */
const UNASKED_LIMIT = 1_000;

/** Which part of a list is wanted. */
export interface PagingQuery {
  readonly limit?: number | undefined;
  readonly offset: number;
  readonly cursor?: string | undefined;
}

/** A row's sort key. Identifiers are a prefix of four characters and 32 hex digits. */
const sortOf = ({ id, createdAt }: { readonly id: string; readonly createdAt: string }): string =>
  `${createdAt}#${id.slice(4)}`;

/**
 * A page, newest first, of a list that is short enough to be read whole: sources, destinations, connections, keys,
 * recoveries.
 *
 * @throws ApiError 400 if the offset is too large, or the cursor is not from an earlier answer
 */
export function pageOfWhole<Row extends { readonly id: string; readonly createdAt: string }>(
  all: readonly Row[],
  { limit = UNASKED_LIMIT, offset, cursor }: PagingQuery,
) {
  const listed = all.map((row) => ({ sort: sortOf(row), row })).sort((one, other) => (one.sort < other.sort ? 1 : -1));
  const { rows, ...page } = pageOf(listed, windowOf(offset, limit, cursor, 'offset'));
  const pagination = {
    total: page.total,
    total_is_exact: page.totalIsExact,
    has_more: page.next !== undefined,
    next_cursor: nextCursor(page),
  };
  return { rows, pagination };
}
