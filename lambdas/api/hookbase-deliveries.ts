import { getQuery, type ListQuery, listQuery } from '../dialects/hookbase/query';
import { type DestinationNames, writeAttempt, writeDelivery, writeExchange } from '../dialects/hookbase/wire';
import { deliveryId, parseFamilyId } from '../domain/identifiers';
import { type Principal, requireEnvironment } from '../http/authentication';
import type { ApiRequest, ApiResponse } from '../http/messages';
import { encodeCursor, windowOf } from '../http/paging';
import { validate } from '../http/parse';
import { findInEnvironments, readableEnvironments } from '../http/tenant';
import { attemptsOf, deliveriesOf, latestAttempt } from '../store/deliveries';
import type { Delivery } from '../store/delivery-items';
import { type DeliveryPage, listDeliveries, sortKeyOf, type Window } from '../store/delivery-lists';
import { connectionOrRemoved, destinationOrRemoved } from '../store/removal';
import type { Table } from '../store/table';
import { findDelivery, isOwn } from './find-delivery';
import { retryDelivery } from './retry';

/** What the calls of this surface need. */
export interface ApiDependencies {
  readonly table: Table;
  readonly shards: number;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** `GET /api/deliveries` */
export async function showDeliveries(
  deps: ApiDependencies,
  request: ApiRequest,
  caller: Principal,
): Promise<ApiResponse> {
  const query = validate(listQuery, request.query);
  const { page, pageSize, cursor } = query;
  const window = windowOf((page - 1) * pageSize, pageSize, cursor, 'page');
  const found = await findPage(deps, query, window, caller);
  const destinations = await destinationsOf(deps.table, found.deliveries);
  const last = found.deliveries.at(-1);
  const pagination = {
    total: found.total,
    total_is_exact: found.totalIsExact,
    page,
    pageSize,
    next_cursor: found.hasMore && last ? encodeCursor(sortKeyOf(last)) : null,
  };
  const data = found.deliveries.map((one) => writeDelivery(one, destinations.get(one.destination)));
  return { status: 200, body: { data, pagination } };
}

const NOTHING: DeliveryPage = { deliveries: [], total: 0, totalIsExact: true, hasMore: false };

async function findPage(
  deps: ApiDependencies,
  query: ListQuery,
  window: Window,
  caller: Principal,
): Promise<DeliveryPage> {
  if (query.eventId !== undefined) return pageOfEvent(deps, query, query.eventId, window, caller);
  const { table, shards } = deps;
  const { status, routeId, destinationId, from, to } = query;
  const environments = await readableEnvironments(table, caller);
  const narrowed = await narrowToDestination(table, caller, destinationId, routeId);
  if (narrowed === 'nothing') return NOTHING;
  const statuses = status && [status];
  const filter = { environments, statuses, destination: narrowed, connection: routeId, from, to };
  return listDeliveries(table, filter, window, shards);
}

/** The destination that a filter comes down to, checked to be the caller's: ids of other tenants find nothing. */
async function narrowToDestination(
  table: Table,
  caller: Principal,
  destinationId: string | undefined,
  routeId: string | undefined,
): Promise<string | undefined | 'nothing'> {
  const find = findInEnvironments<{ readonly destination?: string; readonly id: string }>;
  if (routeId !== undefined) {
    const connection = await find(table, caller, (environment) => connectionOrRemoved(table, environment, routeId));
    const destination = connection?.destination;
    return destination && (destinationId ?? destination) === destination ? destination : 'nothing';
  }
  if (destinationId === undefined) return undefined;
  const destination = await find(table, caller, (environment) =>
    destinationOrRemoved(table, environment, destinationId),
  );
  return destination ? destination.id : 'nothing';
}

/** An event's deliveries share its partition: they are read whole, and filtered here. */
async function pageOfEvent(
  { table }: ApiDependencies,
  query: ListQuery,
  eventId: string,
  { offset, limit, cursor }: Window,
  caller: Principal,
): Promise<DeliveryPage> {
  const address = parseFamilyId(eventId, 'evt');
  const all = address ? await deliveriesOf(table, address.base) : [];
  const matching = all.filter((delivery) => isOwn(caller, delivery) && matches(query, delivery)).reverse();
  const after = cursor === undefined ? matching : matching.filter((delivery) => sortKeyOf(delivery) < cursor);
  const deliveries = after.slice(offset, offset + limit);
  return { deliveries, total: matching.length, totalIsExact: true, hasMore: after.length > offset + limit };
}

function matches({ status, destinationId, routeId, from, to }: ListQuery, delivery: Delivery): boolean {
  return (
    (status === undefined || delivery.status === status) &&
    (destinationId === undefined || delivery.destination === destinationId) &&
    (routeId === undefined || delivery.connection === routeId) &&
    (from === undefined || delivery.createdAt >= from) &&
    (to === undefined || delivery.createdAt <= to)
  );
}

async function destinationsOf(table: Table, deliveries: readonly Delivery[]): Promise<Map<string, DestinationNames>> {
  const wanted = new Map(deliveries.map(({ destination, environment }) => [destination, environment]));
  const found = await Promise.all([...wanted].map(([id, environment]) => destinationOrRemoved(table, environment, id)));
  return new Map(found.filter((one) => one !== undefined).map((one) => [one.id, one]));
}

/** `GET /api/deliveries/{id}` */
export async function showDelivery(
  { table }: ApiDependencies,
  request: ApiRequest,
  caller: Principal,
): Promise<ApiResponse> {
  const { includeAttempts } = validate(getQuery, request.query);
  const delivery = await findDelivery(table, caller, request.params.id ?? '');
  const [destination, latest, attempts] = await Promise.all([
    destinationOrRemoved(table, delivery.environment, delivery.destination),
    latestAttempt(table, delivery),
    includeAttempts ? attemptsOf(table, delivery) : undefined,
  ]);
  const body = {
    ...writeDelivery(delivery, destination),
    ...(attempts && { attempts: attempts.map(writeAttempt) }),
    ...writeExchange(latest),
  };
  return { status: 200, body };
}

/** `POST /api/deliveries/{id}/retry` */
export async function retry(
  { table, now }: ApiDependencies,
  request: ApiRequest,
  caller: Principal,
): Promise<ApiResponse> {
  const principal = requireEnvironment(caller);
  const delivery = await findDelivery(table, principal, request.params.id ?? '');
  await retryDelivery(table, delivery, now());
  const deliveryIdText = deliveryId(delivery.base, delivery.delivery);
  return { status: 200, body: { message: 'Delivery queued for retry', deliveryId: deliveryIdText, status: 'pending' } };
}
