import { ATTENTION_STATUSES, type DeliveryStatus } from '../../domain/delivery';
import { type Delivery, parseDelivery } from '../deliveries/delivery-items';
import { timeKey } from '../table/addresses';
import { getAll } from '../table/batch-get';
import type { Table } from '../table/table';
import { type Listed, type Page, readPage, type Window } from './pages';
import {
  attentionPartitions,
  destinationPartition,
  parkedPartition,
  parkedPartitions,
  timelinePartitions,
} from './partitions';
import type { IndexEntry, IndexPartition, TimeRange } from './timeline';

export { COUNT_LIMIT, type Window } from './pages';

/** Which deliveries a list shows. */
export interface DeliveryFilter extends TimeRange {
  readonly environments: readonly string[];
  readonly statuses?: readonly DeliveryStatus[] | undefined;
  /** A destination of one of the environments. */
  readonly destination?: string | undefined;
  /** A connection; its destination is given too. */
  readonly connection?: string | undefined;
}

/** Which deliveries a total is for: of environments or a destination, in all or some statuses. */
export type CountedDeliveries = Pick<DeliveryFilter, 'environments' | 'statuses' | 'destination'>;

/** Returns how many deliveries there are, exactly, or undefined if that count is not kept. */
export type KnownTotal = (counted: CountedDeliveries) => Promise<number | undefined>;

export interface ListSettings {
  readonly shards: number;
  readonly knownTotal?: KnownTotal | undefined;
}

/** The sort key of a delivery in every list. */
export const sortKeyOf = ({ createdAt, base, ordinal }: Delivery): string => timeKey(createdAt, base, ordinal);

/** A delivery with its sort key. */
export const listedDelivery = (row: Delivery): Listed<Delivery> => ({ sort: sortKeyOf(row), row });

/** Reads a page of deliveries: keys from the narrowest index that covers the filter, then the items. */
export async function listDeliveries(
  table: Table,
  filter: DeliveryFilter,
  window: Window,
  settings: ListSettings,
): Promise<Page<Delivery>> {
  const { environments, statuses, destination, connection, from, to } = filter;
  const isRow = matcher(filter);
  const read = async (entries: readonly IndexEntry[]) =>
    (await getAll(table, entries)).map(parseDelivery).filter(isRow).map(listedDelivery);
  const countable = connection === undefined && from === undefined && to === undefined;
  const knownTotal = async () => settings.knownTotal?.({ environments, statuses, destination });
  const listing = { partitions: await partitionsOf(table, filter, settings.shards), range: { from, to }, read };
  const entriesAreRows = tellsRows(filter);
  return readPage(table, { ...listing, entriesAreRows, ...(countable && { knownTotal }) }, window);
}

/** The narrowest partitions: those of rare statuses if possible, else the destination's, else everything. */
async function partitionsOf(table: Table, filter: DeliveryFilter, shards: number): Promise<readonly IndexPartition[]> {
  const { environments, destination, statuses } = filter;
  if (statuses && areRare(statuses)) return rarePartitions(table, filter, statuses, shards);
  if (destination) return [destinationPartition(destination, 'DLV')];
  return timelinePartitions(environments, ['DLV'], shards);
}

/** What is parked is listed by destination; the other rare statuses by environment. */
async function rarePartitions(
  table: Table,
  { environments, destination }: DeliveryFilter,
  statuses: readonly DeliveryStatus[],
  shards: number,
): Promise<readonly IndexPartition[]> {
  const others = statuses.filter((status) => status !== 'circuit_open');
  const partitions = attentionPartitions(environments, others, shards);
  if (others.length === statuses.length) return partitions;
  const parked = destination ? [parkedPartition(destination)] : await parkedPartitions(table, environments);
  return [...partitions, ...parked];
}

const areRare = (statuses: readonly DeliveryStatus[]): boolean => {
  const rare: readonly DeliveryStatus[] = ATTENTION_STATUSES;
  return statuses.every((status) => rare.includes(status));
};

/** Whether every entry is a row. Entries have no connection, and those of rare statuses no destination. */
function tellsRows({ statuses, destination, connection }: DeliveryFilter): boolean {
  if (connection !== undefined) return false;
  return statuses === undefined || (areRare(statuses) && destination === undefined);
}

/** The items decide: an entry of the `attention` index may be out of date for a moment. */
function matcher({ environments, statuses, destination, connection }: DeliveryFilter): (row: Delivery) => boolean {
  return (row) =>
    environments.includes(row.environment) &&
    (statuses === undefined || statuses.includes(row.status)) &&
    (destination === undefined || row.destination === destination) &&
    (connection === undefined || row.connection === connection);
}
