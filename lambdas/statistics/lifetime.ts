import type { DeliveryStatus } from '../domain/delivery';
import { getAll } from '../store/table/batch-get';
import type { Table } from '../store/table/table';
import { lifetimeKey, type StatisticsScope, type Subject, statisticsPk, subjectsOf } from './buckets';
import { ATTRIBUTES, COUNTS, type Count, countOf, readCounts, readNumber } from './counts';
import type { CountsItem } from './items';

/** Which list a total is for. */
export type TotalOf = StatisticsScope & {
  /** Only deliveries in one of these; all when left out. */
  readonly statuses?: readonly DeliveryStatus[] | undefined;
};

/**
 * How many deliveries there are, from the lifetime counts: one item is read for each environment, or one for a destination.
 * The counts run some seconds behind the table.
 *
 * @returns undefined if the counts cannot say: they hold `pending` and `sent` as one number
 */
export async function knownTotal(table: Table, { statuses, ...scope }: TotalOf): Promise<number | undefined> {
  const counts = statuses ? countsFor(statuses) : COUNTS;
  if (!counts) return undefined;
  const items = await readLifetimes(table, subjectsOf(scope as StatisticsScope));
  return items.reduce((total, item) => total + counts.reduce((sum, count) => sum + readCounts(item)[count], 0), 0);
}

function countsFor(statuses: readonly DeliveryStatus[]): readonly Count[] | undefined {
  if (statuses.includes('pending') !== statuses.includes('sent')) return undefined;
  return [...new Set(statuses.map(countOf))];
}

/** How many dead letters are open. */
export async function knownDeadLetters(table: Table, scope: StatisticsScope): Promise<number> {
  return sumOf(await readLifetimes(table, subjectsOf(scope)), ATTRIBUTES.dead);
}

const sumOf = (items: readonly (CountsItem | undefined)[], attribute: string): number =>
  items.reduce((sum, item) => sum + readNumber(item, attribute), 0);

/** The lifetime counts of subjects, in order; undefined if nothing was counted yet. */
export async function readLifetimes(
  table: Table,
  subjects: readonly Subject[],
): Promise<readonly (CountsItem | undefined)[]> {
  const found = await getAll(table, subjects.map(lifetimeKey));
  const byPartition = new Map(found.map((item) => [item.pk, item]));
  return subjects.map((subject) => byPartition.get(statisticsPk(subject)));
}
