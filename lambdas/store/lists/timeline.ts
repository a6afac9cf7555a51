import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import type { Key } from '../table/addresses';
import type { INDEXES, Table } from '../table/table';

/** A partition of an index, and the names of that index's keys. */
export interface IndexPartition {
  readonly index: (typeof INDEXES)[keyof typeof INDEXES];
  readonly pk: string;
}

const KEY_NAMES = {
  timeline: { pk: 'tlPk', sk: 'tlSk' },
  'by-destination': { pk: 'dstPk', sk: 'dstSk' },
  attention: { pk: 'attPk', sk: 'attSk' },
} as const;

/** Bounds on the time of entries, ISO 8601; both inclusive. */
export interface TimeRange {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Only entries that are older than the entry with this sort key. */
  readonly before?: string | undefined;
}

/** An entry of an index: the key of its item, and its sort key. */
export interface IndexEntry extends Key {
  readonly sort: string;
}

/** Sorts after every identifier that can follow a time. */
const AFTER_ALL = '~';

/** Sorts before every time. */
const BEFORE_ALL = '0';

/** How many entries a query reads at a time, by default and at most. */
const PAGE = 100;
const MAX_PAGE = 1000;

export type Order = 'newest first' | 'oldest first';

/**
 * The entries of several partitions of an index, merged into one sequence. An item that moves between partitions may be
 * in both for a moment; it is returned once.
 *
 * @param wanted about how many entries will be taken: the first queries read just enough for that
 */
export async function* mergedEntries(
  table: Table,
  partitions: readonly IndexPartition[],
  range: TimeRange,
  order: Order = 'newest first',
  wanted?: number,
): AsyncGenerator<IndexEntry> {
  if (isEmpty(range)) return;
  const limit = queryLimit(wanted, partitions.length);
  const streams = partitions.map((partition) => entries(table, partition, range, order, limit));
  const heads = await Promise.all(streams.map((stream) => stream.next()));
  let previous: string | undefined;
  for (;;) {
    const next = nextOf(heads, order);
    const head = next === undefined ? undefined : heads[next];
    const stream = next === undefined ? undefined : streams[next];
    if (next === undefined || head?.done !== false || !stream) return;
    if (head.value.sort !== previous) yield head.value;
    previous = head.value.sort;
    heads[next] = await stream.next();
  }
}

/**
 * Families spread over shards at random, so a shard's share deviates by about the square root of its size. Three
 * deviations above the share, a second round of queries is hardly ever needed.
 */
function queryLimit(wanted: number | undefined, partitions: number): number {
  if (wanted === undefined) return PAGE;
  const share = wanted / Math.max(1, partitions);
  return Math.min(MAX_PAGE, wanted, Math.ceil(share + 3 * Math.sqrt(share)) + 2);
}

function nextOf(heads: readonly IteratorResult<IndexEntry>[], order: Order): number | undefined {
  let next: { readonly index: number; readonly sort: string } | undefined;
  for (const [index, head] of heads.entries()) {
    if (head.done) continue;
    const { sort } = head.value;
    const precedes = !next || (order === 'newest first' ? sort > next.sort : sort < next.sort);
    if (precedes) next = { index, sort };
  }
  return next?.index;
}

async function* entries(
  table: Table,
  partition: IndexPartition,
  range: TimeRange,
  order: Order,
  Limit: number,
): AsyncGenerator<IndexEntry> {
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const ScanIndexForward = order === 'oldest first';
    const parameters = {
      ...queryParameters(table.name, partition, range),
      ScanIndexForward,
      Limit,
      ExclusiveStartKey,
    };
    const page = await table.documents.send(new QueryCommand(parameters));
    yield* (page.Items ?? []).map((item) => readEntry(item, KEY_NAMES[partition.index].sk));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
}

function readEntry(item: Record<string, unknown>, sortName: string): IndexEntry {
  const { pk, sk } = z.object({ pk: z.string(), sk: z.string() }).parse(item);
  return { pk, sk, sort: z.string().parse(item[sortName]) };
}

/** The parameters of a query over a partition of an index. */
export function queryParameters(table: string, { index, pk }: IndexPartition, range: TimeRange) {
  const names = KEY_NAMES[index];
  const { first, last } = boundsOf(range);
  return {
    TableName: table,
    IndexName: index,
    KeyConditionExpression: '#pk = :pk AND #sk BETWEEN :first AND :last',
    ExpressionAttributeNames: { '#pk': names.pk, '#sk': names.sk },
    ExpressionAttributeValues: {
      ':pk': pk,
      ':first': first,
      ':last': last,
    },
  };
}

function boundsOf({ from, to, before }: TimeRange): { readonly first: string; readonly last: string } {
  const last = to === undefined ? AFTER_ALL : to + AFTER_ALL;
  return { first: from ?? BEFORE_ALL, last: before !== undefined && before < last ? justBefore(before) : last };
}

/** Whether a range ends before it begins: it is empty, and DynamoDB refuses such a query. */
function isEmpty(range: TimeRange): boolean {
  const { first, last } = boundsOf(range);
  return first > last;
}

/** Sorts after every sort key that is smaller than this one: they all have the same length. */
function justBefore(sort: string): string {
  return sort.slice(0, -1) + String.fromCharCode(sort.charCodeAt(sort.length - 1) - 1) + AFTER_ALL;
}

/** A partition that is being counted, and where to continue. */
interface Counting {
  readonly partition: IndexPartition;
  readonly start?: Record<string, unknown> | undefined;
}

/**
 * Counts the entries of partitions, up to `limit`. Hardly more than `limit` entries are read: each partition gets its
 * share, and what some do not need goes to the others.
 */
export async function countEntries(
  table: Table,
  partitions: readonly IndexPartition[],
  range: TimeRange,
  limit: number,
): Promise<number> {
  if (isEmpty(range)) return 0;
  let open: readonly Counting[] = partitions.map((partition) => ({ partition }));
  let count = 0;
  while (open.length > 0 && count < limit) {
    const share = Math.ceil((limit - count) / open.length);
    const counted = await Promise.all(open.map((one) => countSome(table, one, range, share)));
    count += counted.reduce((sum, one) => sum + one.count, 0);
    open = counted.filter(({ start }) => start !== undefined);
  }
  return Math.min(limit, count);
}

async function countSome(
  table: Table,
  { partition, start }: Counting,
  range: TimeRange,
  Limit: number,
): Promise<Counting & { readonly count: number }> {
  const page = await table.documents.send(
    new QueryCommand({
      ...queryParameters(table.name, partition, range),
      Select: 'COUNT',
      Limit,
      ExclusiveStartKey: start,
    }),
  );
  return { partition, start: page.LastEvaluatedKey, count: page.Count ?? 0 };
}
