import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isoTime, wholeNumber } from '../../../lambdas/dialects/parameters';
import { newBase } from '../../../lambdas/domain/identifiers';
import { decodeCursor, encodeCursor, windowOf } from '../../../lambdas/http/paging';
import { timeKey } from '../../../lambdas/store/table/addresses';
import { refusalMessage as message } from '../support/refusal-message';

describe('a cursor', () => {
  it('comes back as the sort key it was made from', () => {
    const time = fc.date({ min: new Date(0), max: new Date('9999-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(time, fc.integer({ min: 0, max: 0xffff }), (at, delivery) => {
        const key = timeKey(at.toISOString(), newBase(at.getTime()), delivery);
        expect(decodeCursor(encodeCursor(key))).toMatchObject({ sort: key });
        expect(encodeCursor(key)).toMatch(/^[\w-]+$/);
      }),
    );
  });

  it.each(['', 'x', 'AAAA', encodeCursor('~'), encodeCursor('2026-03-04T05:06:07.000Z#xyz'), '../../etc'])(
    'that nobody was given is refused: %j',
    (cursor) => {
      expect(message(() => decodeCursor(cursor))).toBe('400 cursor: was not given by an earlier answer');
    },
  );
});

describe('the window of a list', () => {
  it('reaches the first 10,000 rows by offset, and then asks for a narrower list or a cursor', () => {
    expect(windowOf(9980, 20, undefined, 'page')).toEqual({ offset: 9980, limit: 20 });
    expect(message(() => windowOf(9981, 20, undefined, 'page'))).toMatch(/^400 page: .*10000.*cursor/);
  });

  it('begins at its cursor, whatever the offset says', () => {
    const cursor = encodeCursor(timeKey('2026-03-04T05:06:07.000Z', newBase(0)));
    expect(windowOf(50_000, 20, cursor, 'page')).toMatchObject({ offset: 0, limit: 20 });
  });
});

describe('a number in a query', () => {
  it.each([
    ['1', 1],
    ['100', 100],
    ['007', 7],
    ['0', undefined],
    ['101', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['1e1', undefined],
    ['0x10', undefined],
    ['', undefined],
    [' 5', undefined],
    ['9999999999999', undefined],
  ])('%j reads as %s', (text, expected) => {
    expect(wholeNumber('limit', 1, 100).safeParse(text).data).toBe(expected);
  });
});

describe('a time in a query', () => {
  it.each([
    ['2026-03-04', '2026-03-04T00:00:00.000Z'],
    ['2026-03-04T05:06:07Z', '2026-03-04T05:06:07.000Z'],
    ['2026-03-04T05:06:07.123Z', '2026-03-04T05:06:07.123Z'],
    ['2026-03-04T05:06:07+02:00', '2026-03-04T03:06:07.000Z'],
    ['2026-03-04T05:06:07', '2026-03-04T05:06:07.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['9999-12-31T23:59:59-14:00', '9999-12-31T23:59:59.999Z'],
    ['0000-01-01T00:00:00+14:00', '0000-01-01T00:00:00.000Z'],
  ])('%s is %s', (text, expected) => {
    expect(isoTime.parse(text)).toBe(expected);
  });

  it('sorts as the times that it stands for, whatever its offset, and is as long as those in the indexes', () => {
    const text = fc.stringMatching(
      /^\d{4}-(0[13578]|1[02])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?([+-]([01]\d|2[0-3]):[0-5]\d)$/,
    );
    fc.assert(
      fc.property(text, text, (one, other) => {
        const [first = '', second = ''] = [one, other].map((each) => isoTime.parse(each));
        expect(first).toHaveLength('2026-03-04T05:06:07.000Z'.length);
        if (Date.parse(one) <= Date.parse(other)) expect(first <= second).toBe(true);
      }),
    );
  });

  it.each([
    '',
    'yesterday',
    '+010000-01-01',
    '-000001-01-01T00:00:00Z',
    '10000-01-01',
    '2026',
    '2026-13-01',
    '2026-02-30',
    '2025-02-29',
    '2026-03-04 (x)',
    '2026-03-04T25:00:00Z',
  ])('that is none is refused: %j', (text) => {
    expect(isoTime.safeParse(text).success).toBe(false);
  });
});
