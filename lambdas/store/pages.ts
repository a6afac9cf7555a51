import type { Table } from './table';
import { countEntries, type IndexEntry, type IndexPartition, mergedEntries, type TimeRange } from './timeline';

/** Totals are counted so far, and rows can be reached so far by their offset. */
export const COUNT_LIMIT = 10_000;

/** How many entries one call looks through for the rows that a filter wants; the rest is reached by the cursor. */
const SIEVE_LIMIT = 10_000;

/** How many items are fetched at once at most while a filter looks for matches. */
const MAX_FETCH = 400;

/** Which part of a list is wanted: `limit` rows after `offset` rows, or after the row that `cursor` names. */
export interface Window {
  readonly offset: number;
  readonly limit: number;
  /** What the row before this part is sorted by. */
  readonly cursor?: string | undefined;
  /** How many rows precede the cursor, as far as the pages before have told. */
  readonly position?: number | undefined;
}

/** A row and what it is sorted by. */
export interface Listed<Row> {
  readonly sort: string;
  readonly row: Row;
}

/** A page of a list, newest first. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Counted up to {@link COUNT_LIMIT} where it is not known otherwise. */
  readonly total: number;
  readonly totalIsExact: boolean;
  /** Where the list goes on; absent on its last page. */
  readonly next?: { readonly sort: string; readonly position: number } | undefined;
}

/** How to read a list. */
export interface Listing<Row> {
  readonly partitions: readonly IndexPartition[];
  readonly range: TimeRange;
  /** Reads the items of entries, in order, leaving out whatever is no row of this list. */
  read(entries: readonly IndexEntry[]): Promise<readonly Listed<Row>[]>;
  /**
   * Every entry is a row, but for the moment by which an index lags behind: rows are skipped and counted by their keys.
   * Otherwise only items tell what is a row.
   */
  readonly entriesAreRows: boolean;
  /** The total, where somebody keeps it. */
  knownTotal?(): Promise<number | undefined>;
}

export const EMPTY_PAGE: Page<never> = { rows: [], total: 0, totalIsExact: true };

/** Reads a page of a list. What it reads depends on the window and never on how much the table holds. */
export async function readPage<Row>(table: Table, listing: Listing<Row>, window: Window): Promise<Page<Row>> {
  const known = await listing.knownTotal?.();
  const read = listing.entriesAreRows ? keyedPage : sievedPage;
  return read(table, listing, window, known);
}

const entriesOf = (table: Table, { partitions, range }: Listing<unknown>, cursor: string | undefined, wanted: number) =>
  mergedEntries(table, partitions, { ...range, before: cursor }, 'newest first', wanted);

/** Rows before the page are skipped by their keys, and only the items of the page are read. */
async function keyedPage<Row>(
  table: Table,
  listing: Listing<Row>,
  { offset, limit, cursor, position = 0 }: Window,
  known: number | undefined,
): Promise<Page<Row>> {
  const entries = entriesOf(table, listing, cursor, offset + limit + 1);
  const skipped = (await take(entries, offset)).length;
  const rows: Listed<Row>[] = [];
  // One more than the page holds, to know whether anything follows.
  let ahead = await take(entries, limit + 1);
  while (rows.length < limit && ahead.length > 0) {
    const wanted = ahead.slice(0, limit - rows.length);
    rows.push(...(await listing.read(wanted)));
    ahead = ahead.slice(wanted.length);
    if (rows.length < limit) ahead.push(...(await take(entries, limit + 1 - rows.length - ahead.length)));
  }
  const reached = position + skipped + rows.length;
  const total = totalKnown(known, reached, ahead.length === 0) ?? (await countAfter(table, listing, cursor, position));
  return { ...content(rows, reached, ahead.length > 0), ...total };
}

type Total = Pick<Page<unknown>, 'total' | 'totalIsExact'>;

/** A total that nobody has to count: somebody keeps it (and may be a moment behind), or the page is the last one. */
function totalKnown(known: number | undefined, reached: number, last: boolean): Total | undefined {
  if (known !== undefined) return { total: Math.max(known, reached), totalIsExact: true };
  return last ? { total: reached, totalIsExact: true } : undefined;
}

async function countAfter(
  table: Table,
  { partitions, range }: Listing<unknown>,
  cursor: string | undefined,
  position: number,
): Promise<Total> {
  const left = COUNT_LIMIT + 1 - position;
  const after = left > 0 ? await countEntries(table, partitions, { ...range, before: cursor }, left) : 1;
  const count = position + after;
  return { total: Math.min(count, COUNT_LIMIT), totalIsExact: count <= COUNT_LIMIT };
}

/** Items are read in growing chunks until the page and its total are known, or enough was looked through. */
async function sievedPage<Row>(
  table: Table,
  listing: Listing<Row>,
  { offset, limit, cursor, position = 0 }: Window,
  known: number | undefined,
): Promise<Page<Row>> {
  const entries = entriesOf(table, listing, cursor, limit + 1);
  const rows: Listed<Row>[] = [];
  let [matches, seen, size] = [0, 0, limit + 1];
  let last: string | undefined;
  let ended = false;
  const enough = () => rows.length > limit && (known !== undefined || matches > COUNT_LIMIT);
  while (!ended && seen < SIEVE_LIMIT && !enough()) {
    const chunk = await take(entries, size);
    const found = await listing.read(chunk);
    if (rows.length <= limit) rows.push(...found.slice(Math.max(0, offset - matches)));
    ended = chunk.length < size;
    last = chunk.at(-1)?.sort ?? last;
    [matches, seen, size] = [matches + found.length, seen + chunk.length, Math.min(MAX_FETCH, size * 2)];
  }
  const shown = rows.slice(0, limit);
  const reached = position + Math.min(matches, offset) + shown.length;
  const counted = { total: Math.min(position + matches, COUNT_LIMIT), totalIsExact: false };
  const total = totalKnown(known, position + matches, ended) ?? counted;
  if (rows.length > limit || ended) return { ...content(shown, reached, rows.length > limit), ...total };
  // Not enough was found in as much as one call looks through: the cursor goes on from there.
  const next = last === undefined ? undefined : { sort: last, position: reached };
  return { ...content(shown, reached, false), ...total, next };
}

/** @param reached how many rows the list has up to the end of this page */
function content<Row>(rows: readonly Listed<Row>[], reached: number, more: boolean): Pick<Page<Row>, 'rows' | 'next'> {
  const sort = more ? rows.at(-1)?.sort : undefined;
  const next = sort === undefined ? undefined : { sort, position: reached };
  return { rows: rows.map(({ row }) => row), next };
}

async function take(entries: AsyncIterator<IndexEntry>, count: number): Promise<IndexEntry[]> {
  const taken: IndexEntry[] = [];
  while (taken.length < count) {
    const { done, value } = await entries.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
}

/** A page of rows that are at hand, newest first. */
export function pageOf<Row>(all: readonly Listed<Row>[], { offset, limit, cursor, position = 0 }: Window): Page<Row> {
  const after = cursor === undefined ? all : all.filter(({ sort }) => sort < cursor);
  const rows = after.slice(offset, offset + limit);
  const more = after.length > offset + limit;
  return { ...content(rows, position + offset + rows.length, more), total: all.length, totalIsExact: true };
}
