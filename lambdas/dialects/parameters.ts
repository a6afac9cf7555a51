import * as z from 'zod/mini';

const number = (name: string) =>
  z.pipe(z.string().check(z.regex(/^\d{1,9}$/, `${name} must be a whole number`)), z.transform(Number));

/** A whole number in a query string, from `minimum` to `maximum`. */
export const wholeNumber = (name: string, minimum: number, maximum: number) =>
  z.pipe(number(name), z.number().check(z.minimum(minimum), z.maximum(maximum)));

/** A time with an offset, or a date alone, which is read as UTC. */
const HAS_OFFSET = /^[^T]+$|Z$|[+-]\d\d:\d\d$/;

/** Times of other years have signs and six digits, and do not sort as text. */
const FIRST = Date.parse('0000-01-01T00:00:00.000Z');
const LAST = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * An ISO 8601 date or time in a query string, in the format of the indexes. A date means its start, and a time without
 * offset is UTC; what an offset takes beyond the years 0 to 9999 is their beginning or end. Days that do not exist are
 * refused, where `Date` would roll over into the next month.
 */
export const isoTime = z.pipe(
  z.union([z.iso.date(), z.iso.datetime({ offset: true, local: true })], { error: 'must be an ISO 8601 date' }),
  z.transform((text) => {
    const time = Date.parse(HAS_OFFSET.test(text) ? text : `${text}Z`);
    return new Date(Math.min(Math.max(time, FIRST), LAST)).toISOString();
  }),
);
