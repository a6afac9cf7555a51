import type { DeliveryStatus } from '../domain/delivery';
import { parseFamilyId } from '../domain/identifiers';
import type { Principal } from '../http/authentication';
import { deliveriesOf } from '../store/deliveries/deliveries';
import type { Delivery } from '../store/deliveries/delivery-items';
import { listDeliveries, listedDelivery } from '../store/lists/delivery-lists';
import { EMPTY_PAGE, type Page, pageOf, type Window } from '../store/lists/pages';
import { isOwn } from './ownership';
import type { Ports } from './ports';
import { type ScopeRequest, scopeOf } from './scope';

/** Which deliveries to list; times are ISO 8601 and inclusive. */
export interface DeliveryQuery extends ScopeRequest {
  readonly eventId?: string | undefined;
  readonly statuses?: readonly DeliveryStatus[] | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** A page of the caller's deliveries, newest first. */
export async function pageOfDeliveries(
  ports: Ports,
  caller: Principal,
  query: DeliveryQuery,
  window: Window,
): Promise<Page<Delivery>> {
  if (query.eventId !== undefined) return pageOfEvent(ports, caller, query, query.eventId, window);
  const scope = await scopeOf(ports.table, caller, query);
  if (!scope) return EMPTY_PAGE;
  const { statuses, from, to } = query;
  return listDeliveries(ports.table, { ...scope, statuses, from, to }, window, ports);
}

/** An event's deliveries share its partition: all of them are read and filtered here. */
async function pageOfEvent(
  { table }: Ports,
  caller: Principal,
  query: DeliveryQuery,
  eventId: string,
  window: Window,
): Promise<Page<Delivery>> {
  const address = parseFamilyId(eventId, 'evt');
  const all = address ? await deliveriesOf(table, address.base) : [];
  const wanted = all.filter((delivery) => isOwn(caller, delivery) && matches(query, delivery)).map(listedDelivery);
  return pageOf(newestFirst(wanted), window);
}

/** Sorts rows as every list does. */
export function newestFirst<Row extends { readonly sort: string }>(rows: readonly Row[]): Row[] {
  return [...rows].sort((one, other) => (one.sort < other.sort ? 1 : -1));
}

function matches({ statuses, destinationId, connectionId, from, to }: DeliveryQuery, delivery: Delivery): boolean {
  return (
    (statuses === undefined || statuses.includes(delivery.status)) &&
    (destinationId === undefined || delivery.destination === destinationId) &&
    (connectionId === undefined || delivery.connection === connectionId) &&
    (from === undefined || delivery.createdAt >= from) &&
    (to === undefined || delivery.createdAt <= to)
  );
}
