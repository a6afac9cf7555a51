import { comingAttempt } from '../domain/attempt-state';
import { isConfigurationId, parseFamilyId } from '../domain/identifiers';
import type { Principal } from '../http/authentication';
import { findInEnvironments } from '../http/tenant';
import { getDestination } from '../store/configuration/configuration';
import { getAttempt, getDelivery } from '../store/deliveries/deliveries';
import { type Delivery, parseDelivery } from '../store/deliveries/delivery-items';
import { type AttemptRow, comingRow, firstRow } from '../store/lists/attempt-rows';
import { type DeadLetter, getDeadLetter } from '../store/lists/dead-letters';
import { destinationPartition } from '../store/lists/partitions';
import { mergedEntries } from '../store/lists/timeline';
import { getAll } from '../store/table/batch-get';
import type { Table } from '../store/table/table';

/** Whether something belongs to the caller: to its environment, or to its organization with a key of all of it. */
export function isOwn(
  caller: Principal,
  item: { readonly organization: string; readonly environment: string },
): boolean {
  if (caller.organization !== item.organization) return false;
  return caller.environment === undefined || caller.environment === item.environment;
}

/** A delivery of the caller's by its identifier; undefined alike for one that is not there and for another tenant's. */
export async function findDelivery(table: Table, caller: Principal, id: string): Promise<Delivery | undefined> {
  const address = parseFamilyId(id, 'dlv');
  const delivery = address && (await getDelivery(table, address.base, address.delivery));
  return delivery && isOwn(caller, delivery) ? delivery : undefined;
}

/** An attempt of the caller's by its identifier, made or coming; undefined alike for no attempt and another tenant's. */
export async function findAttempt(table: Table, caller: Principal, id: string): Promise<AttemptRow | undefined> {
  const address = parseFamilyId(id, 'da');
  const delivery = address && (await getDelivery(table, address.base, address.delivery));
  if (!delivery || !isOwn(caller, delivery)) return undefined;
  const number = address.attempt;
  if (number === 1) return firstRow(delivery);
  if (number === comingAttempt(delivery)) return comingRow(delivery);
  const attempt = await getAttempt(table, delivery, number);
  return attempt && { delivery, number, attempt };
}

/** An open dead letter of the caller's by its identifier; undefined alike for a closed one and another tenant's. */
export async function findDeadLetter(table: Table, caller: Principal, id: string): Promise<DeadLetter | undefined> {
  const address = parseFamilyId(id, 'dlq');
  const letter = address && (await getDeadLetter(table, address.base, address.delivery, address.attempt));
  return letter && isOwn(caller, letter) ? letter : undefined;
}

/**
 * Whether a destination belongs to the caller. One that was deleted is known by what was delivered to it last: its
 * history stays readable.
 */
export async function ownsDestination(table: Table, caller: Principal, id: string): Promise<boolean> {
  if (!isConfigurationId(id, 'dst')) return false;
  if (await findInEnvironments(table, caller, (environment) => getDestination(table, environment, id))) return true;
  const newest = mergedEntries(table, [destinationPartition(id, 'DLV')], {}, 'newest first', 1);
  const { done, value } = await newest.next();
  const [item] = done ? [] : await getAll(table, [value]);
  return item !== undefined && isOwn(caller, parseDelivery(item));
}
