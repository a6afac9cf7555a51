import { ATTENTION_STATUSES, type DeliveryStatus } from '../domain/delivery';
import { attentionPk, byDestinationPk, timeKey, timelinePk } from './addresses';
import { getAll } from './batch-get';
import { type Delivery, parseDelivery } from './delivery-items';
import { INDEXES, type Table } from './table';
import { countEntries, type IndexEntry, type IndexPartition, mergedEntries, type TimeRange } from './timeline';

/** Which deliveries a list shows. */
export interface DeliveryFilter extends TimeRange {
  readonly environments: readonly string[];
  readonly statuses?: readonly DeliveryStatus[] | undefined;
  /** A destination of one of the environments. */
  readonly destination?: string | undefined;
  /** A connection; its destination is given too. */
  readonly connection?: string | undefined;
}

/** A page of a list, newest first. */
export interface DeliveryPage {
  readonly deliveries: readonly Delivery[];
  /** Exact up to {@link COUNT_LIMIT}. */
  readonly total: number;
  readonly totalIsExact: boolean;
  readonly hasMore: boolean;
}

/** Which part of a list is wanted: `limit` rows after `offset` rows, or after the row that `cursor` names. */
export interface Window {
  readonly offset: number;
  readonly limit: number;
  /** The sort key of a row (see {@link sortKeyOf}). */
  readonly cursor?: string | undefined;
}

/** What a delivery is sorted by in every list. */
export const sortKeyOf = ({ createdAt, base, delivery }: Delivery): string => timeKey(createdAt, base, delivery);

/** Totals are counted so far, and rows can be reached so far by their offset. */
export const COUNT_LIMIT = 10_000;

/** How many items are fetched at once while a filter looks for matches. */
const FETCH = 100;

/**
 * Reads a page of deliveries: keys from the narrowest index that covers the filter, then the items.
 */
export async function listDeliveries(
  table: Table,
  filter: DeliveryFilter,
  window: Window,
  shards: number,
): Promise<DeliveryPage> {
  const partitions = partitionsOf(filter, shards);
  if (needsItems(filter)) return filteredPage(table, mergedEntries(table, partitions, filter), matcher(filter), window);
  return plainPage(table, partitions, filter, window);
}

/** Every entry of the index is a row: rows before the page are skipped by their keys. */
async function plainPage(
  table: Table,
  partitions: readonly IndexPartition[],
  range: TimeRange,
  { offset, limit, cursor }: Window,
): Promise<DeliveryPage> {
  const keys: IndexEntry[] = [];
  let position = 0;
  for await (const entry of mergedEntries(table, partitions, { ...range, before: cursor })) {
    position += 1;
    if (position > offset) keys.push(entry);
    // One more than the page holds, to know whether anything follows.
    if (keys.length > limit) break;
  }
  const [items, counted] = await Promise.all([
    getAll(table, keys.slice(0, limit)),
    countEntries(table, partitions, range, COUNT_LIMIT + 1),
  ]);
  return page(items.map(parseDelivery), counted, keys.length > limit);
}

/** Items decide what is a row. They are read in chunks until the page and its total are known. */
async function filteredPage(
  table: Table,
  entries: AsyncIterable<IndexEntry>,
  matches: (delivery: Delivery) => boolean,
  { offset, limit, cursor }: Window,
): Promise<DeliveryPage> {
  const rows: Delivery[] = [];
  let [total, position] = [0, 0];
  for await (const chunk of inChunks(entries, FETCH)) {
    for (const delivery of (await getAll(table, chunk)).map(parseDelivery).filter(matches)) {
      total += 1;
      if (cursor !== undefined && sortKeyOf(delivery) >= cursor) continue;
      position += 1;
      if (position > offset && rows.length <= limit) rows.push(delivery);
    }
    if (total > COUNT_LIMIT && rows.length > limit) break;
  }
  return page(rows.slice(0, limit), total, rows.length > limit);
}

function page(deliveries: readonly Delivery[], counted: number, hasMore: boolean): DeliveryPage {
  return { deliveries, total: Math.min(counted, COUNT_LIMIT), totalIsExact: counted <= COUNT_LIMIT, hasMore };
}

async function* inChunks<Item>(items: AsyncIterable<Item>, size: number): AsyncGenerator<Item[]> {
  let chunk: Item[] = [];
  for await (const item of items) {
    chunk.push(item);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

/**
 * The partitions that hold every row: rare statuses have entries of their own, then a destination's, then everything.
 */
function partitionsOf(filter: DeliveryFilter, shards: number): IndexPartition[] {
  const rare = rareStatuses(filter);
  if (filter.destination && !rare)
    return [{ index: INDEXES.byDestination, pk: byDestinationPk(filter.destination, 'DLV') }];
  return filter.environments.flatMap((environment) =>
    Array.from({ length: shards }, (_, shard) => shard).flatMap((shard): IndexPartition[] => {
      if (!rare) return [{ index: INDEXES.timeline, pk: timelinePk(environment, 'DLV', shard) }];
      return rare.map((status) => ({ index: INDEXES.attention, pk: attentionPk(environment, status, shard) }));
    }),
  );
}

function rareStatuses({ statuses }: DeliveryFilter): readonly DeliveryStatus[] | undefined {
  const rare: readonly DeliveryStatus[] = ATTENTION_STATUSES;
  return statuses?.every((status) => rare.includes(status)) ? statuses : undefined;
}

/**
 * Whether rows can only be told by their items: an entry of the `attention` index may be a moment old, and a
 * destination's entries know no status or connection.
 */
const needsItems = (filter: DeliveryFilter): boolean =>
  filter.statuses !== undefined || filter.connection !== undefined;

function matcher({ statuses, destination, connection }: DeliveryFilter): (delivery: Delivery) => boolean {
  return (delivery) =>
    (statuses === undefined || statuses.includes(delivery.status)) &&
    (destination === undefined || delivery.destination === destination) &&
    (connection === undefined || delivery.connection === connection);
}
