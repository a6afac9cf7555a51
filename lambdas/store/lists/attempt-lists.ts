import { type AttemptOutcome, hasOutcome } from '../../domain/attempt-state';
import { readFamilyKey } from '../table/addresses';
import type { Table } from '../table/table';
import { type AttemptRow, comingRow, isDeadLetter, readAttemptRows } from './attempt-rows';
import { type Listed, type Page, readPage, type Window } from './pages';
import { attentionPartitions, destinationPartition, timelinePartitions } from './partitions';
import type { IndexEntry, IndexPartition, TimeRange } from './timeline';

/** Which attempts a list shows, whatever it is read from. */
export interface AttemptMatch {
  readonly destination?: string | undefined;
  readonly connection?: string | undefined;
  readonly outcome?: AttemptOutcome | undefined;
  /** Only attempts that a delivery died on, while its dead letter is open. */
  readonly deadLetters?: boolean | undefined;
}

/** Which attempts a list over environments shows. */
export interface AttemptFilter extends AttemptMatch, TimeRange {
  readonly environments: readonly string[];
}

/** Whether an attempt is wanted. */
export function matchesAttempt(row: AttemptRow, { destination, connection, outcome, deadLetters }: AttemptMatch) {
  return (
    (destination === undefined || row.delivery.destination === destination) &&
    (connection === undefined || row.delivery.connection === connection) &&
    (outcome === undefined || hasOutcome(row.attempt, outcome)) &&
    (!deadLetters || isDeadLetter(row))
  );
}

/**
 * Reads a page of attempts, merged from deliveries, which stand for their first attempts, and later attempts. Every row
 * keeps its place. Coming attempts are found through their deliveries: a list of `pending` ones shows the coming
 * attempt of each delivery, in the delivery's place.
 */
export async function listAttempts(
  table: Table,
  filter: AttemptFilter,
  window: Window,
  shards: number,
): Promise<Page<AttemptRow>> {
  const { environments, connection, outcome, from, to } = filter;
  const isRow = ({ row }: Listed<AttemptRow>) =>
    environments.includes(row.delivery.environment) && matchesAttempt(row, filter);
  const read = async (entries: readonly IndexEntry[]) => {
    const rows = await readAttemptRows(table, entries.flatMap(familyItem));
    return (outcome === 'pending' ? rows.flatMap(coming) : rows).filter(isRow);
  };
  const entriesAreRows = connection === undefined && outcome === undefined;
  const listing = { partitions: partitionsOf(filter, shards), range: { from, to }, read, entriesAreRows };
  return readPage(table, listing, window);
}

function familyItem(entry: IndexEntry) {
  const item = readFamilyKey(entry);
  return item ? [{ ...item, sort: entry.sort }] : [];
}

function coming({ sort, row }: Listed<AttemptRow>): Listed<AttemptRow>[] {
  const next = comingRow(row.delivery);
  return next ? [{ sort, row: next }] : [];
}

function partitionsOf(filter: AttemptFilter, shards: number): readonly IndexPartition[] {
  const { environments, destination, outcome, deadLetters } = filter;
  if (deadLetters) {
    if (destination) return [destinationPartition(destination, 'DLQ')];
    return attentionPartitions(environments, ['dead'], shards);
  }
  const kinds = outcome === 'pending' ? (['DLV'] as const) : (['DLV', 'ATT'] as const);
  if (destination) return kinds.map((kind) => destinationPartition(destination, kind));
  return timelinePartitions(environments, kinds, shards);
}
