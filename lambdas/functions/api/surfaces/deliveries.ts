import type * as z from 'zod/mini';
import { bulkReplayBody, deadLetterQuery, getQuery, listQuery } from '../../../dialects/hookbase/query';
import type { DestinationNames } from '../../../dialects/hookbase/wire';
import {
  writeAttempt,
  writeBulkReplay,
  writeDeadLetter,
  writeDelivery,
  writeExchange,
} from '../../../dialects/hookbase/wire';
import * as webhookRelayDialect from '../../../dialects/webhook-relay/wire';
import type { DeliveryStatus } from '../../../domain/delivery';
import { deliveryId } from '../../../domain/identifiers';
import { type Principal, requireEnvironment } from '../../../http/authentication';
import { notFound } from '../../../http/errors';
import type { ApiRequest, ApiResponse } from '../../../http/messages';
import { nextCursor, windowOf } from '../../../http/paging';
import { parseJson, validate } from '../../../http/parse';
import { requireOrganization } from '../../../http/tenant';
import { bulkReplay } from '../../../operations/bulk-replay';
import { discard, pageOfDeadLetters, requeue } from '../../../operations/dead-letters';
import { type DeliveryQuery, pageOfDeliveries } from '../../../operations/deliveries';
import { exchangeOf } from '../../../operations/exchange';
import { destinationsOf } from '../../../operations/names';
import { findDeadLetter, findDelivery } from '../../../operations/ownership';
import type { Ports } from '../../../operations/ports';
import { retryDelivery } from '../../../operations/retry';
import { attemptsOf, latestAttempt } from '../../../store/deliveries/deliveries';
import type { Delivery } from '../../../store/deliveries/delivery-items';
import type { DeadLetter } from '../../../store/lists/dead-letters';
import type { Page } from '../../../store/lists/pages';

interface PageRequest {
  readonly page: number;
  readonly pageSize: number;
  readonly cursor?: string | undefined;
}

/** What differs between the two surfaces that show deliveries: their words for a status. */
export interface DeliveryDialect {
  readonly listQuery: z.ZodMiniType<DeliveryQuery & PageRequest>;
  writeDelivery(delivery: Delivery, destination: DestinationNames | undefined): { readonly status: string };
}

interface Surface {
  readonly ports: Ports;
  readonly dialect: DeliveryDialect;
}

type Call = (surface: Surface, request: ApiRequest, caller: Principal) => Promise<ApiResponse>;

const showDeliveries: Call = async ({ ports, dialect }, request, caller) => {
  const query = validate(dialect.listQuery, request.query);
  const found = await pageOfDeliveries(ports, caller, query, pageWindow(query));
  const destinations = await destinationsOf(ports.table, found.rows);
  const data = found.rows.map((one) => dialect.writeDelivery(one, destinations.get(one.destination)));
  return { status: 200, body: { data, pagination: pagination(found, query) } };
};

const pageWindow = ({ page, pageSize, cursor }: PageRequest) =>
  windowOf((page - 1) * pageSize, pageSize, cursor, 'page');

function pagination(found: Page<unknown>, { page, pageSize }: PageRequest) {
  const { total, totalIsExact } = found;
  return { total, total_is_exact: totalIsExact, page, pageSize, next_cursor: nextCursor(found) };
}

const showDelivery: Call = async ({ ports, dialect }, request, caller) => {
  const { includeAttempts } = validate(getQuery, request.query);
  const delivery = await ownDelivery(ports, request, caller);
  const [destinations, latest, attempts] = await Promise.all([
    destinationsOf(ports.table, [delivery]),
    latestAttempt(ports.table, delivery),
    includeAttempts ? attemptsOf(ports.table, delivery) : undefined,
  ]);
  const body = {
    ...dialect.writeDelivery(delivery, destinations.get(delivery.destination)),
    ...(attempts && { attempts: attempts.map(writeAttempt) }),
    ...writeExchange(exchangeOf(ports, latest)),
  };
  return { status: 200, body };
};

async function ownDelivery(ports: Ports, request: ApiRequest, caller: Principal): Promise<Delivery> {
  const id = request.params.id ?? '';
  const delivery = await findDelivery(ports.table, caller, id);
  if (!delivery) throw notFound('Delivery', id);
  return delivery;
}

const retryOne: Call = async ({ ports }, request, caller) => {
  const delivery = await ownDelivery(ports, request, requireEnvironment(caller));
  const { status } = await retryDelivery(ports, delivery);
  const id = deliveryId(delivery.base, delivery.ordinal);
  return {
    status: 200,
    body: { message: 'Delivery queued for retry', deliveryId: id, status: status as DeliveryStatus },
  };
};

const showDeadLetters: Call = async ({ ports }, request, caller) => {
  const query = validate(deadLetterQuery, request.query);
  const found = await pageOfDeadLetters(ports, caller, query, pageWindow(query));
  const destinations = await destinationsOf(
    ports.table,
    found.rows.map(({ letter }) => letter),
  );
  const data = found.rows.map((row) => writeDeadLetter(row, destinations.get(row.letter.destination)));
  return { status: 200, body: { data, pagination: pagination(found, query) } };
};

const requeueOne: Call = async ({ ports }, request, caller) => {
  const letter = await ownDeadLetter(ports, request, requireEnvironment(caller));
  const delivery = await requeue(ports, letter);
  if (!delivery) throw noDeadLetter(request);
  const id = deliveryId(delivery.base, delivery.ordinal);
  return { status: 200, body: { message: 'Item requeued for delivery', deliveryId: id } };
};

const deleteOne: Call = async ({ ports }, request, caller) => {
  const letter = await ownDeadLetter(ports, request, requireEnvironment(caller));
  if (!(await discard(ports, letter))) throw noDeadLetter(request);
  return { status: 204 };
};

async function ownDeadLetter(ports: Ports, request: ApiRequest, caller: Principal): Promise<DeadLetter> {
  const letter = await findDeadLetter(ports.table, caller, request.params.id ?? '');
  if (!letter) throw noDeadLetter(request);
  return letter;
}

const noDeadLetter = ({ params }: ApiRequest) => notFound('Dead-letter item', params.id ?? '');

/** `POST /api/deliveries/bulk-replay` */
export async function replayMany(ports: Ports, request: ApiRequest, caller: Principal): Promise<ApiResponse> {
  const principal = requireEnvironment(caller);
  const { deliveryIds } = validate(bulkReplayBody, parseJson(request.body).value);
  return { status: 200, body: writeBulkReplay(await bulkReplay(ports, principal, deliveryIds)) };
}

/** @param admit throws when the caller has no business at the path of the surface */
function surfaceIn(dialect: DeliveryDialect, admit: (request: ApiRequest, caller: Principal) => void) {
  const serve = (call: Call) => async (ports: Ports, request: ApiRequest, caller: Principal) => {
    admit(request, caller);
    return call({ ports, dialect }, request, caller);
  };
  return {
    showDeliveries: serve(showDeliveries),
    showDeadLetters: serve(showDeadLetters),
    requeueOne: serve(requeueOne),
    deleteOne: serve(deleteOne),
    showDelivery: serve(showDelivery),
    retryOne: serve(retryOne),
  };
}

export type DeliverySurface = ReturnType<typeof surfaceIn>;

/** `/api/deliveries`: deliveries with all their statuses, and dead letters. */
export const hookbase = surfaceIn({ listQuery, writeDelivery }, () => {});

/** `/api/organizations/{orgId}/deliveries`: deliveries in four statuses, for the caller's own organization. */
export const webhookRelay = surfaceIn(webhookRelayDialect, ({ params }, caller) =>
  requireOrganization(caller, params.orgId ?? ''),
);
