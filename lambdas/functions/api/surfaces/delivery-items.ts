import { listQuery } from '../../../dialects/delivery-items/query';
import { idempotencyKeyOf, writeItem, writeItemDetail } from '../../../dialects/delivery-items/wire';
import type { Principal } from '../../../http/authentication';
import { ApiError } from '../../../http/errors';
import type { ApiRequest, ApiResponse } from '../../../http/messages';
import { nextCursor, windowOf } from '../../../http/paging';
import { validate } from '../../../http/parse';
import { pageOfAttempts } from '../../../operations/attempts';
import type { OperationDependencies } from '../../../operations/dependencies';
import { exchangeOf, requestBodyOf } from '../../../operations/exchange';
import { findAttempt } from '../../../operations/ownership';
import { replay } from '../../../operations/replay';
import type { AttemptRow } from '../../../store/lists/attempt-rows';

type Call = (deps: OperationDependencies, request: ApiRequest, caller: Principal) => Promise<ApiResponse>;

/** `GET /v1/delivery/items`: attempts under the names of UUIDs. */
export const showItems: Call = async (deps, request, caller) => {
  const query = validate(listQuery, request.query);
  const { limit, offset, cursor } = query;
  const found = await pageOfAttempts(deps, caller, query, windowOf(offset, limit, cursor, 'offset'));
  const { total, totalIsExact } = found;
  const paging = { limit, offset, has_more: found.next !== undefined, next_cursor: nextCursor(found) };
  const pagination = { total, total_is_exact: totalIsExact, ...paging };
  return { status: 200, body: { items: found.rows.map(writeItem), total, pagination } };
};

/** `GET /v1/delivery/items/{id}` */
export const showItem: Call = async (deps, request, caller) => {
  const row = await ownItem(deps, request, caller);
  const body = writeItemDetail(row, await requestBodyOf(deps, row), exchangeOf(deps, row.attempt));
  return { status: 200, body };
};

/** `POST /v1/delivery/items/{id}/replay`, of any of them. */
export const replayItem: Call = async (deps, request, caller) => {
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

async function ownItem(deps: OperationDependencies, request: ApiRequest, caller: Principal): Promise<AttemptRow> {
  const row = await findAttempt(deps.table, caller, request.params.id ?? '');
  if (!row) throw new ApiError('RESOURCE_NOT_FOUND', 'There is no delivery item with this id');
  return row;
}
