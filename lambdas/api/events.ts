import * as z from 'zod';
import { writeEvent, writeEventDetail } from '../dialects/management/events';
import { eventStatus } from '../domain/event-status';
import { parseFamilyId } from '../domain/identifiers';
import type { Principal } from '../http/authentication';
import { notFound } from '../http/errors';
import type { ApiRequest, ApiResponse } from '../http/messages';
import { encodeCursor, isoTime, wholeNumber, windowOf } from '../http/paging';
import { validate } from '../http/parse';
import { readableEnvironments } from '../http/tenant';
import type { OperationDependencies } from '../operations/dependencies';
import { isOwn } from '../operations/ownership';
import { getSource } from '../store/configuration';
import { deliveriesOf } from '../store/deliveries';
import { eventSortKey, listEvents } from '../store/event-lists';
import { getEvent, type StoredEvent } from '../store/events';
import type { Table } from '../store/table';

const listQuery = z.object({
  limit: wholeNumber('limit', 1, 100).default(50),
  offset: wholeNumber('offset', 0, 1_000_000).default(0),
  cursor: z.string().optional(),
  from: isoTime.optional(),
  to: isoTime.optional(),
});

/** `GET /v1/events` */
export async function showEvents(
  deps: OperationDependencies,
  request: ApiRequest,
  caller: Principal,
): Promise<ApiResponse> {
  const { limit, offset, cursor, from, to } = validate(listQuery, request.query);
  const window = windowOf(offset, limit, cursor, 'offset');
  const environments = await readableEnvironments(deps.table, caller);
  const found = await listEvents(deps.table, environments, { from, to }, window, deps.shards);
  const last = found.events.at(-1);
  const pagination = {
    total: found.total,
    total_is_exact: found.totalIsExact,
    has_more: found.hasMore,
    next_cursor: found.hasMore && last ? encodeCursor(eventSortKey(last)) : null,
  };
  const events = await Promise.all(
    found.events.map(async (event) => writeEvent(event, ...(await context(deps.table, event)))),
  );
  return { status: 200, body: { events, pagination } };
}

/** `GET /v1/events/{id}` */
export async function showEvent(
  { table }: OperationDependencies,
  request: ApiRequest,
  caller: Principal,
): Promise<ApiResponse> {
  const id = request.params.id ?? '';
  const address = parseFamilyId(id, 'evt');
  const event = address && (await getEvent(table, address.base));
  if (!event || !isOwn(caller, event)) throw notFound('Event', id);
  return { status: 200, body: { event: writeEventDetail(event, ...(await context(table, event))) } };
}

async function context(table: Table, event: StoredEvent) {
  const [deliveries, source] = await Promise.all([
    deliveriesOf(table, event.base),
    event.source === undefined ? undefined : getSource(table, event.environment, event.source),
  ]);
  const statuses = deliveries.map(({ status }) => status);
  return [eventStatus(event.routing === 'no_routes', statuses), source?.name] as const;
}
