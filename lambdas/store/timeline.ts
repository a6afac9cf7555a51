import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Key } from './addresses';
import type { INDEXES, Table } from './table';

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

/** An entry of an index: where its item is, and what it is sorted by. */
export interface IndexEntry extends Key {
  readonly sort: string;
}

/** Sorts after every identifier that can follow a time. */
const AFTER_ALL = '~';

/** Sorts before every time. */
const BEFORE_ALL = '0';

/** How many entries a query reads at once. */
const PAGE = 100;

export type Order = 'newest first' | 'oldest first';

/** The entries of several partitions of an index, merged into one sequence. */
export async function* mergedEntries(
  table: Table,
  partitions: readonly IndexPartition[],
  range: TimeRange,
  order: Order = 'newest first',
): AsyncGenerator<IndexEntry> {
  if (isEmpty(range)) return;
  const streams = partitions.map((partition) => entries(table, partition, range, order));
  const heads = await Promise.all(streams.map((stream) => stream.next()));
  for (;;) {
    const next = nextOf(heads, order);
    const head = next === undefined ? undefined : heads[next];
    const stream = next === undefined ? undefined : streams[next];
    if (next === undefined || head?.done !== false || !stream) return;
    yield head.value;
    heads[next] = await stream.next();
  }
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
): AsyncGenerator<IndexEntry> {
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const ScanIndexForward = order === 'oldest first';
    const parameters = {
      ...queryParameters(table.name, partition, range),
      ScanIndexForward,
      Limit: PAGE,
      ExclusiveStartKey,
    };
    const page = await table.documents.send(new QueryCommand(parameters));
    const found = (page.Items ?? []).map((item) => readEntry(item, KEY_NAMES[partition.index].sk));
    yield* found.filter(({ sort }) => sort !== range.before);
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
  return { first: from ?? BEFORE_ALL, last: before !== undefined && before < last ? before : last };
}

/** Whether a range ends before it begins: nothing is in it, and DynamoDB refuses to be asked for it. */
function isEmpty(range: TimeRange): boolean {
  const { first, last } = boundsOf(range);
  return first > last;
}

/** Counts the entries of partitions, but no further than `limit`. */
export async function countEntries(
  table: Table,
  partitions: readonly IndexPartition[],
  range: TimeRange,
  limit: number,
): Promise<number> {
  if (isEmpty(range)) return 0;
  const counts = await Promise.all(partitions.map((partition) => countPartition(table, partition, range, limit)));
  return Math.min(
    limit,
    counts.reduce((sum, count) => sum + count, 0),
  );
}

async function countPartition(
  table: Table,
  partition: IndexPartition,
  range: TimeRange,
  limit: number,
): Promise<number> {
  let count = 0;
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const parameters = {
      ...queryParameters(table.name, partition, range),
      Select: 'COUNT' as const,
      ExclusiveStartKey,
    };
    const page = await table.documents.send(new QueryCommand(parameters));
    count += page.Count ?? 0;
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey && count < limit);
  return count;
}
