import { isRetried } from '../../domain/event-retry';
import { isCutOff } from '../../domain/overdue';
import { type Principal, requireEnvironment } from '../../http/authentication';
import { notFound } from '../../http/errors';
import type { ApiRequest, ApiResponse } from '../../http/messages';
import type { Ports } from '../../operations/ports';
import { matchingConnections } from '../../routing/route-event';
import { listConnections } from '../../store/configuration/connections';
import { getDestination } from '../../store/configuration/destinations';
import { deliveriesOf } from '../../store/deliveries/deliveries';
import { requestRetry, type StoredEvent } from '../../store/events/events';
import type { Table } from '../../store/table/table';
import { findEvent } from './events';

/**
 * `POST /v1/events/{id}/retry`: restarts its failed deliveries, or routes it now if no connection matched it before.
 * Answers with the number of deliveries affected. One write requests it, and the table's stream does the rest.
 */
export async function retryWholeEvent(
  { table, now }: Ports,
  request: ApiRequest,
  caller: Principal,
): Promise<ApiResponse> {
  const principal = requireEnvironment(caller);
  const id = request.params.id ?? '';
  const event = await findEvent(table, principal, id);
  const askedAt = now();
  const retried = await countRetried(table, event, askedAt);
  if (retried > 0 && !(await requestRetry(table, event.base, askedAt))) throw notFound('Event', id);
  return { status: 200, body: { retried } };
}

async function countRetried(table: Table, event: StoredEvent, askedAt: number): Promise<number> {
  const deliveries = await deliveriesOf(table, event.base);
  if (deliveries.length > 0) return deliveries.filter((delivery) => isRetried(delivery, askedAt)).length;
  // Without the mark, routing has not reached this event yet. It will, without another call, unless it was cut off.
  const isUnderWay = event.routing === undefined && !isCutOff(event, askedAt);
  return isUnderWay ? 0 : countRoutes(table, event);
}

async function countRoutes(table: Table, event: StoredEvent): Promise<number> {
  const ports = { listConnections: (environment: string) => listConnections(table, environment) };
  const matching = await matchingConnections(ports, event);
  const destinations = await Promise.all(
    matching.map(({ environment, destination }) => getDestination(table, environment, destination)),
  );
  return destinations.filter((destination) => destination !== undefined).length;
}
