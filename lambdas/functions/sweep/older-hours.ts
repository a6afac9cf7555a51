import { type Hour, readHoursOf, readOlderHours } from '../../statistics/hours';
import type { Positions } from '../../store/sweep/sweep-positions';
import type { RepairPorts } from './look-through';

/** How often hours that are older than two days are looked at. */
const EVERY_MS = 60 * 60_000;

/** Hours that are older than two days and have open deliveries, and what to remember of them. */
export interface OlderHours {
  readonly hours: readonly Hour[];
  /** Whether all hours were looked at just now, not only those that had open deliveries an hour ago. */
  readonly isNew: boolean;
  readonly positions: Pick<Positions, 'older' | 'olderAt'>;
}

/**
 * The hours older than two days that have open deliveries. There are hundreds, and hardly ever such a one: all are read
 * once an hour, and in between only those that were found.
 */
export async function olderHours(
  { table, now }: RepairPorts,
  environment: string,
  { older = [], olderAt = 0 }: Positions,
): Promise<OlderHours> {
  const at = now();
  const isNew = at - olderAt >= EVERY_MS;
  const read = isNew ? await readOlderHours(table, environment, at) : await readHoursOf(table, environment, older);
  const hours = read.filter(({ open }) => open > 0);
  const starts = hours.map(({ start }) => start);
  return { hours, isNew, positions: { olderAt: isNew ? at : olderAt, ...(starts.length > 0 && { older: starts }) } };
}
