import { parseFamilyId } from '../domain/identifiers';
import type { Principal } from '../http/authentication';
import { notFound } from '../http/errors';
import { getDelivery } from '../store/deliveries';
import type { Delivery } from '../store/delivery-items';
import type { Table } from '../store/table';

/** Whether something belongs to the caller: to its environment, or to its organization with a key of all of it. */
export function isOwn(
  caller: Principal,
  item: { readonly organization: string; readonly environment: string },
): boolean {
  if (caller.organization !== item.organization) return false;
  return caller.environment === undefined || caller.environment === item.environment;
}

/**
 * Reads a delivery of the caller's by its identifier.
 *
 * @throws ApiError 404, alike for a delivery that does not exist and for another tenant's
 */
export async function findDelivery(table: Table, caller: Principal, id: string): Promise<Delivery> {
  const address = parseFamilyId(id, 'dlv');
  const delivery = address && (await getDelivery(table, address.base, address.delivery));
  if (!delivery || !isOwn(caller, delivery)) throw notFound('Delivery', id);
  return delivery;
}
