import type * as z from 'zod/mini';
import { deadLetterQuery, getQuery } from '../../../dialects/hookbase/query';
import type { DestinationNames } from '../../../dialects/hookbase/wire';
import { writeAttempt, writeDeadLetter, writeExchange } from '../../../dialects/hookbase/wire';
import type { DeliveryStatus } from '../../../domain/delivery';
import { deliveryId } from '../../../domain/identifiers';
import { type Principal, requireEnvironment } from '../../../http/authentication';
import type { Endpoints } from '../../../http/endpoint';
import { notFound } from '../../../http/errors';
import type { ApiRequest, ApiResponse } from '../../../http/messages';
import { nextCursor, windowOf } from '../../../http/paging';
import { validate } from '../../../http/parse';
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

/** Where the two surfaces that show deliveries differ: in their words for a status. */
export interface DeliveryDialect {
  readonly listQuery: z.ZodMiniType<DeliveryQuery & PageRequest>;
  writeDelivery(delivery: Delivery, destination: DestinationNames | undefined): { readonly status: string };
}

/** What both surfaces that show deliveries need. */
export interface DeliverySurface {
  readonly deps: Ports;
  readonly dialect: DeliveryDialect;
}

type Call = (surface: DeliverySurface, request: ApiRequest, caller: Principal) => Promise<ApiResponse>;

/**
 * The endpoints of a surface that shows deliveries.
 *
 * @param path of its list, such as `/api/deliveries`
 * @param admit throws when the caller has no business at that path
 */
export function deliveryEndpoints(
  surface: DeliverySurface,
  path: string,
  admit: (request: ApiRequest, caller: Principal) => void,
): Endpoints {
  const serve = (call: Call) => async (request: ApiRequest, caller: Principal) => {
    admit(request, caller);
    return call(surface, request, caller);
  };
  return {
    [`GET ${path}`]: { scope: 'read', handle: serve(showDeliveries) },
    [`GET ${path}/dead-letter`]: { scope: 'read', handle: serve(showDeadLetters) },
    [`POST ${path}/dead-letter/{id}/requeue`]: { scope: 'write', handle: serve(requeueOne) },
    [`DELETE ${path}/dead-letter/{id}`]: { scope: 'delete', handle: serve(deleteOne) },
    [`GET ${path}/{id}`]: { scope: 'read', handle: serve(showDelivery) },
    [`POST ${path}/{id}/retry`]: { scope: 'write', handle: serve(retryOne) },
  };
}

const showDeliveries: Call = async ({ deps, dialect }, request, caller) => {
  const query = validate(dialect.listQuery, request.query);
  const found = await pageOfDeliveries(deps, caller, query, pageWindow(query));
  const destinations = await destinationsOf(deps.table, found.rows);
  const data = found.rows.map((one) => dialect.writeDelivery(one, destinations.get(one.destination)));
  return { status: 200, body: { data, pagination: pagination(found, query) } };
};

const pageWindow = ({ page, pageSize, cursor }: PageRequest) =>
  windowOf((page - 1) * pageSize, pageSize, cursor, 'page');

function pagination(found: Page<unknown>, { page, pageSize }: PageRequest) {
  const { total, totalIsExact } = found;
  return { total, total_is_exact: totalIsExact, page, pageSize, next_cursor: nextCursor(found) };
}

const showDelivery: Call = async ({ deps, dialect }, request, caller) => {
  const { includeAttempts } = validate(getQuery, request.query);
  const delivery = await ownDelivery(deps, request, caller);
  const [destinations, latest, attempts] = await Promise.all([
    destinationsOf(deps.table, [delivery]),
    latestAttempt(deps.table, delivery),
    includeAttempts ? attemptsOf(deps.table, delivery) : undefined,
  ]);
  const body = {
    ...dialect.writeDelivery(delivery, destinations.get(delivery.destination)),
    ...(attempts && { attempts: attempts.map(writeAttempt) }),
    ...writeExchange(exchangeOf(deps, latest)),
  };
  return { status: 200, body };
};

async function ownDelivery(deps: Ports, request: ApiRequest, caller: Principal): Promise<Delivery> {
  const id = request.params.id ?? '';
  const delivery = await findDelivery(deps.table, caller, id);
  if (!delivery) throw notFound('Delivery', id);
  return delivery;
}

const retryOne: Call = async ({ deps }, request, caller) => {
  const delivery = await ownDelivery(deps, request, requireEnvironment(caller));
  const { status } = await retryDelivery(deps, delivery);
  const id = deliveryId(delivery.base, delivery.delivery);
  return {
    status: 200,
    body: { message: 'Delivery queued for retry', deliveryId: id, status: status as DeliveryStatus },
  };
};

const showDeadLetters: Call = async ({ deps }, request, caller) => {
  const query = validate(deadLetterQuery, request.query);
  const found = await pageOfDeadLetters(deps, caller, query, pageWindow(query));
  const destinations = await destinationsOf(
    deps.table,
    found.rows.map(({ letter }) => letter),
  );
  const data = found.rows.map((row) => writeDeadLetter(row, destinations.get(row.letter.destination)));
  return { status: 200, body: { data, pagination: pagination(found, query) } };
};

const requeueOne: Call = async ({ deps }, request, caller) => {
  const letter = await ownDeadLetter(deps, request, requireEnvironment(caller));
  const delivery = await requeue(deps, letter);
  if (!delivery) throw noDeadLetter(request);
  const id = deliveryId(delivery.base, delivery.delivery);
  return { status: 200, body: { message: 'Item requeued for delivery', deliveryId: id } };
};

const deleteOne: Call = async ({ deps }, request, caller) => {
  const letter = await ownDeadLetter(deps, request, requireEnvironment(caller));
  if (!(await discard(deps, letter))) throw noDeadLetter(request);
  return { status: 204 };
};

async function ownDeadLetter(deps: Ports, request: ApiRequest, caller: Principal): Promise<DeadLetter> {
  const letter = await findDeadLetter(deps.table, caller, request.params.id ?? '');
  if (!letter) throw noDeadLetter(request);
  return letter;
}

const noDeadLetter = ({ params }: ApiRequest) => notFound('Dead-letter item', params.id ?? '');
