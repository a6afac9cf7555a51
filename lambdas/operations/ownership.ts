import { comingAttempt } from '../domain/attempt-state';
import { isConfigurationId, parseFamilyId } from '../domain/identifiers';
import type { Principal } from '../http/authentication';
import { findInEnvironments } from '../http/tenant';
import { getDestination } from '../store/configuration/destinations';
import { getAttempt, getDelivery } from '../store/deliveries/deliveries';
import { type Delivery, parseDelivery } from '../store/deliveries/delivery-items';
import { type AttemptRow, comingRow, firstRow } from '../store/lists/attempt-rows';
import { type DeadLetter, getDeadLetter } from '../store/lists/dead-letters';
import { destinationPartition } from '../store/lists/partitions';
import { mergedEntries } from '../store/lists/timeline';
import { getAll } from '../store/table/batch-get';
import type { Table } from '../store/table/table';

/** Whether something belongs to the caller: to its environment, or with a key of the whole organization, to that. */
export function isOwn(
  caller: Principal,
  item: { readonly organization: string; readonly environment: string },
): boolean {
  if (caller.organization !== item.organization) return false;
  return caller.environment === undefined || caller.environment === item.environment;
}

/** One of the caller's deliveries; undefined if it does not exist or belongs to another tenant. */
export async function findDelivery(table: Table, caller: Principal, id: string): Promise<Delivery | undefined> {
  const address = parseFamilyId(id, 'dlv');
  const delivery = address && (await getDelivery(table, address.base, address.ordinal));
  return delivery && isOwn(caller, delivery) ? delivery : undefined;
}

/** One of the caller's attempts, made or coming; undefined if it does not exist or belongs to another tenant. */
export async function findAttempt(table: Table, caller: Principal, id: string): Promise<AttemptRow | undefined> {
  const address = parseFamilyId(id, 'da');
  const delivery = address && (await getDelivery(table, address.base, address.ordinal));
  if (!delivery || !isOwn(caller, delivery)) return undefined;
  const number = address.attempt;
  if (number === 1) return firstRow(delivery);
  if (number === comingAttempt(delivery)) return comingRow(delivery);
  const attempt = await getAttempt(table, delivery, number);
  return attempt && { delivery, number, attempt };
}

/** One of the caller's open dead letters; undefined if it is closed or belongs to another tenant. */
export async function findDeadLetter(table: Table, caller: Principal, id: string): Promise<DeadLetter | undefined> {
  const address = parseFamilyId(id, 'dlq');
  const letter = address && (await getDeadLetter(table, address.base, address.ordinal, address.attempt));
  return letter && isOwn(caller, letter) ? letter : undefined;
}

/**
 * Whether a destination belongs to the caller. A deleted one is recognized by its latest delivery, so its history stays
 * readable.
 */
export async function ownsDestination(table: Table, caller: Principal, id: string): Promise<boolean> {
  if (!isConfigurationId(id, 'dst')) return false;
  if (await findInEnvironments(table, caller, (environment) => getDestination(table, environment, id))) return true;
  const newest = mergedEntries(table, [destinationPartition(id, 'DLV')], {}, 'newest first', 1);
  const { done, value } = await newest.next();
  const [item] = done ? [] : await getAll(table, [value]);
  return item !== undefined && isOwn(caller, parseDelivery(item));
}
