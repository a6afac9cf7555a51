import { eventQuery } from '../../dialects/management/event-query';
import { writeEvent, writeEventDetail } from '../../dialects/management/events';
import { type EventStatus, eventStatus } from '../../domain/event-status';
import { parseFamilyId } from '../../domain/identifiers';
import type { Principal } from '../../http/authentication';
import { notFound } from '../../http/errors';
import type { ApiRequest, ApiResponse } from '../../http/messages';
import { encodeCursor, windowOf } from '../../http/paging';
import { validate } from '../../http/parse';
import { readableEnvironments } from '../../http/tenant';
import { isOwn } from '../../operations/ownership';
import type { Ports } from '../../operations/ports';
import { sourceOrRemoved } from '../../store/configuration/removal';
import { deliveriesOf } from '../../store/deliveries/deliveries';
import { getEvent, type StoredEvent } from '../../store/events/events';
import { type EventFilter, listEvents } from '../../store/lists/event-lists';
import type { Table } from '../../store/table/table';

/** Filtering by status means reading every event's deliveries, so fewer events are looked at. */
const LOOK_AT_STATUSES = 1_000;

/** `GET /v1/events` */
export async function showEvents(ports: Ports, request: ApiRequest, caller: Principal): Promise<ApiResponse> {
  const query = validate(eventQuery, request.query);
  const { limit, offset, cursor, from, to } = query;
  const window = windowOf(offset, limit, cursor, 'offset');
  const environments = await readableEnvironments(ports.table, caller);
  const statusOf = statusReader(ports.table);
  const filter = { environments, from, to, ...matcher(query, statusOf) };
  const found = await listEvents(ports.table, filter, window, ports.shards);
  const pagination = {
    total: found.total,
    total_is_exact: found.totalIsExact,
    has_more: found.hasMore,
    next_cursor: found.next === undefined ? null : encodeCursor(found.next),
  };
  const events = await Promise.all(
    found.events.map(async (event) => writeEvent(event, await statusOf(event), await sourceName(ports.table, event))),
  );
  return { status: 200, body: { events, pagination } };
}

type Query = ReturnType<typeof eventQuery.parse>;
type StatusOf = (event: StoredEvent) => Promise<EventStatus>;

/** The filter that a query applies to single events; empty if every event of the time range is a row. */
function matcher(query: Query, statusOf: StatusOf): Pick<EventFilter, 'matches' | 'lookAt'> {
  const { source_id, type, status, method, verification_status } = query;
  if ([source_id, type, status, method, verification_status].every((one) => one === undefined)) return {};
  const matches = async (event: StoredEvent): Promise<boolean> => {
    if (source_id !== undefined && event.source !== source_id) return false;
    if (type !== undefined && event.type !== type) return false;
    const { method: itsMethod, verification_status: itsVerification } = writeEvent(event, 'pending', undefined);
    if (method !== undefined && itsMethod !== method) return false;
    if (verification_status !== undefined && itsVerification !== verification_status) return false;
    return status === undefined || (await statusOf(event)) === status;
  };
  return {
    matches: (events) => Promise.all(events.map(matches)),
    ...(status !== undefined && { lookAt: LOOK_AT_STATUSES }),
  };
}

/** Reads the status of each event once. */
function statusReader(table: Table): StatusOf {
  const known = new Map<string, Promise<EventStatus>>();
  return (event) => {
    const status = known.get(event.base) ?? readStatus(table, event);
    known.set(event.base, status);
    return status;
  };
}

async function readStatus(table: Table, event: StoredEvent): Promise<EventStatus> {
  const deliveries = await deliveriesOf(table, event.base);
  const statuses = deliveries.map(({ status }) => status);
  return eventStatus(event.routing === 'no_routes', statuses);
}

async function sourceName(table: Table, { environment, source }: StoredEvent): Promise<string | undefined> {
  return source === undefined ? undefined : (await sourceOrRemoved(table, environment, source))?.name;
}

/** `GET /v1/events/{id}` */
export async function showEvent({ table }: Ports, request: ApiRequest, caller: Principal): Promise<ApiResponse> {
  const event = await findEvent(table, caller, request.params.id ?? '');
  const [status, name] = await Promise.all([readStatus(table, event), sourceName(table, event)]);
  return { status: 200, body: { event: writeEventDetail(event, status, name) } };
}

/**
 * Reads one of the caller's events by its identifier.
 *
 * @throws ApiError 404, whether the event does not exist or belongs to another tenant
 */
export async function findEvent(table: Table, caller: Principal, id: string): Promise<StoredEvent> {
  const address = parseFamilyId(id, 'evt');
  const event = address && (await getEvent(table, address.base));
  if (!event || !isOwn(caller, event)) throw notFound('Event', id);
  return event;
}
