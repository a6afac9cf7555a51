import { knownDeadLetters, knownTotal } from '../../statistics/lifetime';
import type { KnownLetters } from '../../store/lists/dead-letters';
import type { KnownTotal } from '../../store/lists/delivery-lists';
import type { Table } from '../../store/table/table';

/**
 * Counters run some seconds behind the table. A list shorter than this is counted directly, which is cheap and always
 * exact; in a longer one nobody notices the difference, and counting would cost more than reading a page.
 */
const COUNT_BELOW = 1_000;

/** Totals of lists from the counters, if they have them and the list is long. */
export function knownTotals(table: Table): KnownTotal {
  return async ({ environments, statuses, destination }) => {
    const scope = destination === undefined ? { environments } : { destination };
    return ifLong(await knownTotal(table, { ...scope, statuses }));
  };
}

/** Totals of lists of open dead letters, likewise. */
export function knownLetters(table: Table): KnownLetters {
  return async ({ environments, destination }) => {
    return ifLong(await knownDeadLetters(table, destination === undefined ? { environments } : { destination }));
  };
}

const ifLong = (total: number | undefined): number | undefined =>
  total !== undefined && total >= COUNT_BELOW ? total : undefined;
