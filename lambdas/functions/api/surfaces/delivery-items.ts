import { listQuery } from '../../../dialects/delivery-items/query';
import { idempotencyKeyOf, writeItem, writeItemDetail } from '../../../dialects/delivery-items/wire';
import type { Principal } from '../../../http/authentication';
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

type Call = (ports: Ports, request: ApiRequest, caller: Principal) => Promise<ApiResponse>;

/** `GET /v1/delivery/items`: attempts under the names of UUIDs. */
export const showItems: Call = async (ports, request, caller) => {
  const query = validate(listQuery, request.query);
  const { limit, offset, cursor } = query;
  const found = await pageOfAttempts(ports, caller, query, windowOf(offset, limit, cursor, 'offset'));
  const { total, totalIsExact } = found;
  const paging = { limit, offset, has_more: found.next !== undefined, next_cursor: nextCursor(found) };
  const pagination = { total, total_is_exact: totalIsExact, ...paging };
  return { status: 200, body: { items: found.rows.map(writeItem), total, pagination } };
};

/** `GET /v1/delivery/items/{id}` */
export const showItem: Call = async (ports, request, caller) => {
  const row = await ownItem(ports, request, caller);
  const body = writeItemDetail(row, await requestBodyOf(ports, row), exchangeOf(ports, row.attempt));
  return { status: 200, body };
};

/** `POST /v1/delivery/items/{id}/replay`, of any of them. */
export const replayItem: Call = async (ports, request, caller) => {
  if (!caller.environment) {
    throw new ApiError(
      'VALIDATION_ERROR',
      'A key of the whole organization cannot replay; use a key of one environment',
    );
  }
  const { delivery } = await ownItem(ports, request, caller);
  await replay(ports, delivery).catch(refuseInOwnWords);
  return { status: 200, body: { enqueued: true, idempotency_key: idempotencyKeyOf(delivery) } };
};

/** This surface has no 409: what cannot be replayed is a bad request. */
function refuseInOwnWords(error: unknown): never {
  if (error instanceof ApiError && error.code === 'INVALID_STATE')
    throw new ApiError('VALIDATION_ERROR', error.message);
  throw error;
}

async function ownItem(ports: Ports, request: ApiRequest, caller: Principal): Promise<AttemptRow> {
  const row = await findAttempt(ports.table, caller, request.params.id ?? '');
  if (!row) throw new ApiError('RESOURCE_NOT_FOUND', 'There is no delivery item with this id');
  return row;
}
