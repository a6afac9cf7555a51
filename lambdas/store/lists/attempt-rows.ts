import { comingAttempt } from '../../domain/attempt-state';
import { DEAD_STATUSES, type Trigger, triggerOf } from '../../domain/delivery';
import { type Delivery, parseAttempt, parseDelivery, type StoredAttempt } from '../deliveries/delivery-items';
import { attemptKey, deliveryKey, type FamilyItem, type Key, timeKey } from '../table/addresses';
import { getAll } from '../table/batch-get';
import type { Table } from '../table/table';
import type { Listed } from './pages';

/** An attempt together with its delivery. */
export interface AttemptRow {
  readonly delivery: Delivery;
  /** Counted over all rounds, from 1. */
  readonly number: number;
  /** Absent while the attempt is due or being made. */
  readonly attempt?: StoredAttempt | undefined;
}

/** The first attempt of a delivery, made or not. A payload refused by a schema counts as a failed attempt. */
export const firstRow = (delivery: Delivery): AttemptRow => ({ delivery, number: 1, attempt: delivery.first });

/** The coming attempt of a delivery, if any. */
export function comingRow(delivery: Delivery): AttemptRow | undefined {
  const number = comingAttempt(delivery);
  return number === undefined ? undefined : { delivery, number };
}

/** Whether this is the attempt that a delivery died on, and its dead letter is still open. */
export function isDeadLetter({ delivery, number }: AttemptRow): boolean {
  return delivery.deathToken !== undefined && DEAD_STATUSES.includes(delivery.status) && number === delivery.made;
}

/** When an attempt was created, ISO 8601: the first with its delivery, a later one when it is made or became due. */
export function createdAtOf({ delivery, number, attempt }: AttemptRow): string {
  if (number === 1) return delivery.createdAt;
  return new Date(attempt?.startedAt ?? delivery.updatedAt).toISOString();
}

/** A row of an event's own list, which includes coming attempts. */
export function listedAttempt(row: AttemptRow): Listed<AttemptRow> {
  const { base, ordinal } = row.delivery;
  return { sort: timeKey(createdAtOf(row), base, ordinal, row.number === 1 ? 0 : row.number), row };
}

/** A row of an event's own list of dead letters, sorted by the time of the death like all of them. */
export function listedDeath(row: AttemptRow): Listed<AttemptRow>[] {
  const { base, ordinal } = row.delivery;
  const diedAt = diedAtOf(row);
  return diedAt === undefined
    ? []
    : [{ sort: timeKey(new Date(diedAt).toISOString(), base, ordinal, row.number), row }];
}

/** Reads the attempts of index entries, in order; those that are gone by now are left out. */
export async function readAttemptRows(
  table: Table,
  entries: readonly (FamilyItem & { readonly sort: string })[],
): Promise<Listed<AttemptRow>[]> {
  const keys = new Map(entries.flatMap(keysOf).map((key) => [nameOf(key), key]));
  const items = new Map(
    (await getAll(table, [...keys.values()])).map((item) => [
      nameOf({ pk: String(item.pk), sk: String(item.sk) }),
      item,
    ]),
  );
  return entries.flatMap(({ sort, base, ordinal, attempt: number }) => {
    const delivery = items.get(nameOf(deliveryKey(base, ordinal)));
    const later = items.get(nameOf(attemptKey(base, ordinal, number)));
    if (!delivery || (number > 1 && !later)) return [];
    const parsed = parseDelivery(delivery);
    return [{ sort, row: later ? { delivery: parsed, number, attempt: parseAttempt(later) } : firstRow(parsed) }];
  });
}

const nameOf = ({ pk, sk }: Key): string => `${pk}\n${sk}`;

function keysOf({ base, ordinal, attempt }: FamilyItem): Key[] {
  const later = attempt > 1 ? [attemptKey(base, ordinal, attempt)] : [];
  return [deliveryKey(base, ordinal), ...later];
}

/** Why an attempt was or will be made. */
export function triggerOfRow({ delivery, number, attempt }: AttemptRow): Trigger {
  return attempt?.trigger ?? triggerOf(delivery.cause, number - delivery.roundStart);
}

/** When the next attempt after a failed one is due, in milliseconds since the epoch; undefined if there is none. */
export function nextRetryAtOf({ delivery, number }: AttemptRow): number | undefined {
  const concerned = number === delivery.made || number === delivery.made + 1;
  return concerned && delivery.status === 'retrying' ? delivery.nextAttemptAt : undefined;
}

/** When the delivery died on this attempt, milliseconds since the epoch; undefined unless its dead letter is open. */
export const diedAtOf = (row: AttemptRow): number | undefined =>
  isDeadLetter(row) ? row.delivery.updatedAt : undefined;

/** The figures of a delivery's latest attempt. */
export const latestFigures = (delivery: Delivery): Delivery['last'] => delivery.last ?? delivery.first;
