import { describe, expect, it } from 'vitest';
import { decodeCursor, encodeCursor, windowOf } from '../../../lambdas/http/paging';
import { pageOf } from '../../../lambdas/store/lists/pages';
import { queryParameters } from '../../../lambdas/store/lists/timeline';

const SORT = `2026-03-01T14:30:00.000Z#${'0'.repeat(31)}1`;

describe('a cursor', () => {
  it.each([[{ total: 42, totalIsExact: true }], [{ total: 10_000, totalIsExact: false }], [undefined]])(
    'carries its place and the total %j',
    (total) => {
      expect(decodeCursor(encodeCursor(SORT, total))).toEqual({ sort: SORT, total });
    },
  );

  it.each(['', 'abc', encodeCursor('x'), encodeCursor(`${SORT}#1#2`), `${encodeCursor(SORT)}AAAA`])(
    'that nobody gave is refused: %s',
    (cursor) => {
      expect(() => decodeCursor(cursor)).toThrow('cursor: was not given by an earlier answer');
    },
  );

  it('goes before the offset, and excludes its own row', () => {
    expect(windowOf(100, 20, encodeCursor(SORT), 'offset')).toEqual({ offset: 0, limit: 20, cursor: SORT });
    const { ExpressionAttributeValues } = queryParameters('t', { index: 'timeline', pk: 'p' }, { before: SORT });
    const last = ExpressionAttributeValues[':last'];
    expect(last < SORT).toBe(true);
    expect(last > `${SORT.slice(0, -1)}0`).toBe(true);
  });
});

describe('an offset', () => {
  it('reaches the first 10,000 rows and no further', () => {
    expect(windowOf(9_980, 20, undefined, 'page')).toEqual({ offset: 9_980, limit: 20 });
    expect(() => windowOf(9_981, 20, undefined, 'page')).toThrow(/^page: .*time.*cursor/);
  });
});

describe('a page of rows at hand', () => {
  const rows = ['e', 'd', 'c', 'b', 'a'].map((sort) => ({ sort, row: sort }));

  it('is what the window says, with a total of everything', () => {
    expect(pageOf(rows, { offset: 1, limit: 2 })).toEqual({
      rows: ['d', 'c'],
      next: 'c',
      total: 5,
      totalIsExact: true,
    });
    expect(pageOf(rows, { offset: 0, limit: 3, cursor: 'c' })).toMatchObject({ rows: ['b', 'a'], next: undefined });
    expect(pageOf(rows, { offset: 9, limit: 3 })).toMatchObject({ rows: [], next: undefined, total: 5 });
  });
});
