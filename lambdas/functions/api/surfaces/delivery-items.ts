import { listQuery } from '../../../dialects/delivery-items/query';
import { idempotencyKeyOf, writeItem, writeItemDetail } from '../../../dialects/delivery-items/wire';
import type { Principal } from '../../../http/authentication';
import type { Endpoints } from '../../../http/endpoint';
import { ApiError } from '../../../http/errors';
import type { ApiRequest, ApiResponse } from '../../../http/messages';
import { nextCursor, windowOf } from '../../../http/paging';
import { validate } from '../../../http/parse';
import { pageOfAttempts } from '../../../operations/attempts';
import { exchangeOf, requestBodyOf } from '../../../operations/exchange';
import { findAttempt } from '../../../operations/ownership';
import type { Ports } from '../../../operations/ports';
import { replay } from '../../../operations/replay';
import type { AttemptRow } from '../../../store/lists/attempt-rows';

const PATH = '/v1/delivery/items';

/** `/v1/delivery/items`: attempts under the names of UUIDs, and the replay of any of them. */
export function deliveryItemsEndpoints(deps: Ports): Endpoints {
  return {
    [`GET ${PATH}`]: { scope: 'read', handle: (request, caller) => showItems(deps, request, caller) },
    [`GET ${PATH}/{id}`]: { scope: 'read', handle: (request, caller) => showItem(deps, request, caller) },
    [`POST ${PATH}/{id}/replay`]: { scope: 'write', handle: (request, caller) => replayItem(deps, request, caller) },
  };
}

type Call = (deps: Ports, request: ApiRequest, caller: Principal) => Promise<ApiResponse>;

const showItems: Call = async (deps, request, caller) => {
  const query = validate(listQuery, request.query);
  const { limit, offset, cursor } = query;
  const found = await pageOfAttempts(deps, caller, query, windowOf(offset, limit, cursor, 'offset'));
  const { total, totalIsExact } = found;
  const paging = { limit, offset, has_more: found.next !== undefined, next_cursor: nextCursor(found) };
  const pagination = { total, total_is_exact: totalIsExact, ...paging };
  return { status: 200, body: { items: found.rows.map(writeItem), total, pagination } };
};

const showItem: Call = async (deps, request, caller) => {
  const row = await ownItem(deps, request, caller);
  const body = writeItemDetail(row, await requestBodyOf(deps, row), exchangeOf(deps, row.attempt));
  return { status: 200, body };
};

const replayItem: Call = async (deps, request, caller) => {
  if (!caller.environment) {
    throw new ApiError(
      'VALIDATION_ERROR',
      'A key of the whole organization cannot replay; use a key of one environment',
    );
  }
  const { delivery } = await ownItem(deps, request, caller);
  await replay(deps, delivery).catch(refuseInOwnWords);
  return { status: 200, body: { enqueued: true, idempotency_key: idempotencyKeyOf(delivery) } };
};

/** This surface knows no conflict: what cannot be replayed is a bad request. */
function refuseInOwnWords(error: unknown): never {
  if (error instanceof ApiError && error.code === 'INVALID_STATE')
    throw new ApiError('VALIDATION_ERROR', error.message);
  throw error;
}

async function ownItem(deps: Ports, request: ApiRequest, caller: Principal): Promise<AttemptRow> {
  const row = await findAttempt(deps.table, caller, request.params.id ?? '');
  if (!row) throw new ApiError('RESOURCE_NOT_FOUND', 'There is no delivery item with this id');
  return row;
}
