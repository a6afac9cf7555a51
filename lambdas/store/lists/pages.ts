import type { Table } from '../table/table';
import { countEntries, type IndexEntry, type IndexPartition, mergedEntries, type TimeRange } from './timeline';

/** How far totals are counted, and the largest offset. */
export const COUNT_LIMIT = 10_000;

/** How many entries one call searches for rows that match a filter; the cursor reaches the rest. */
const FILTER_LIMIT = 10_000;

/** And for how long, in milliseconds: a call has to be answered long before its function times out. */
const FILTER_MS = 4_000;

/** The most items fetched at a time while a filter looks for matches. */
const MAX_FETCH = 400;

/** Which part of a list to read: `limit` rows after `offset` rows, or after the row at `cursor`. */
export interface Window {
  readonly offset: number;
  readonly limit: number;
  /** The sort key of the row before this part. */
  readonly cursor?: string | undefined;
  /** The total from the previous page, so that only the first page has to count. */
  readonly total?: Total | undefined;
}

export interface Total {
  /** Counted up to {@link COUNT_LIMIT}, unless it is known from the counters. */
  readonly total: number;
  readonly totalIsExact: boolean;
}

/** A row with its sort key. */
export interface Listed<Row> {
  readonly sort: string;
  readonly row: Row;
}

/** A page of a list, newest first. */
export interface Page<Row> extends Total {
  readonly rows: readonly Row[];
  /** The sort key after which the list continues; absent on the last page. */
  readonly next?: string | undefined;
}

/** How to read a list. */
export interface Listing<Row> {
  readonly partitions: readonly IndexPartition[];
  readonly range: TimeRange;
  /** Reads the items of entries, in order, leaving out what is not a row of this list. */
  read(entries: readonly IndexEntry[]): Promise<readonly Listed<Row>[]>;
  /**
   * Whether every entry is a row, except while the index lags behind: then rows are skipped and counted by their keys.
   * Otherwise only the items show what is a row.
   */
  readonly entriesAreRows: boolean;
  /** The total, if it is kept in the counters. */
  knownTotal?(): Promise<number | undefined>;
}

export const EMPTY_PAGE: Page<never> = { rows: [], total: 0, totalIsExact: true };

/** Reads a page of a list. How much it reads depends on the window and never on the size of the table. */
export async function readPage<Row>(table: Table, listing: Listing<Row>, window: Window): Promise<Page<Row>> {
  const known = await listing.knownTotal?.();
  const read = listing.entriesAreRows ? keyedPage : filteredPage;
  return read(table, listing, window, known);
}

const entriesOf = (table: Table, { partitions, range }: Listing<unknown>, cursor: string | undefined, wanted: number) =>
  mergedEntries(table, partitions, { ...range, before: cursor }, 'newest first', wanted);

/** Rows before the page are skipped by their keys, and only the items of the page are read. */
async function keyedPage<Row>(
  table: Table,
  listing: Listing<Row>,
  { offset, limit, cursor, total }: Window,
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
  const reached = skipped + rows.length;
  const whole = cursor === undefined && ahead.length === 0;
  const answer = uncountedTotal(known, total, reached) ?? (whole ? exactly(reached) : undefined);
  return { ...content(rows, ahead.length > 0), ...(answer ?? (await countAll(table, listing))) };
}

const exactly = (total: number): Total => ({ total, totalIsExact: true });

/**
 * A total that needs no counting: from the counters, or from the previous page.
 *
 * @param reached how many rows there are at least; counters may be a moment behind
 */
function uncountedTotal(known: number | undefined, before: Total | undefined, reached: number): Total | undefined {
  return known === undefined ? before : exactly(Math.max(known, reached));
}

async function countAll(table: Table, { partitions, range }: Listing<unknown>): Promise<Total> {
  const count = await countEntries(table, partitions, range, COUNT_LIMIT + 1);
  return { total: Math.min(count, COUNT_LIMIT), totalIsExact: count <= COUNT_LIMIT };
}

/** Reads items in growing chunks until the page and its total are known, or the limit is reached. */
async function filteredPage<Row>(
  table: Table,
  listing: Listing<Row>,
  { offset, limit, cursor, total }: Window,
  known: number | undefined,
): Promise<Page<Row>> {
  const entries = entriesOf(table, listing, cursor, limit + 1);
  const countless = known !== undefined || total !== undefined;
  const deadline = performance.now() + FILTER_MS;
  const rows: Listed<Row>[] = [];
  let [matches, seen, size] = [0, 0, limit + 1];
  let last: string | undefined;
  let ended = false;
  const enough = () => rows.length > limit && (countless || matches > COUNT_LIMIT);
  while (!ended && seen < FILTER_LIMIT && performance.now() < deadline && !enough()) {
    const chunk = await take(entries, size);
    const found = await listing.read(chunk);
    if (rows.length <= limit) rows.push(...found.slice(Math.max(0, offset - matches)));
    ended = chunk.length < size;
    last = chunk.at(-1)?.sort ?? last;
    [matches, seen, size] = [matches + found.length, seen + chunk.length, Math.min(MAX_FETCH, size * 2)];
  }
  const counted = { total: Math.min(matches, COUNT_LIMIT), totalIsExact: ended && cursor === undefined };
  const answer = uncountedTotal(known, total, matches) ?? counted;
  const shown = content(rows.slice(0, limit), rows.length > limit);
  // One call may not search any further: the cursor continues from here.
  return { ...shown, next: shown.next ?? (ended ? undefined : last), ...answer };
}

function content<Row>(rows: readonly Listed<Row>[], more: boolean): Pick<Page<Row>, 'rows' | 'next'> {
  return { rows: rows.map(({ row }) => row), next: more ? rows.at(-1)?.sort : undefined };
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

/** A page of rows in memory, newest first. */
export function pageOf<Row>(all: readonly Listed<Row>[], { offset, limit, cursor }: Window): Page<Row> {
  const after = cursor === undefined ? all : all.filter(({ sort }) => sort < cursor);
  const rows = after.slice(offset, offset + limit);
  return { ...content(rows, after.length > offset + limit), ...exactly(all.length) };
}
