import { listQuery } from '../../../dialects/hookstream/query';
import { writeDetail, writeListed, writeRecord } from '../../../dialects/hookstream/wire';
import { type Principal, requireEnvironment } from '../../../http/authentication';
import type { Endpoints } from '../../../http/endpoint';
import { ApiError } from '../../../http/errors';
import type { ApiRequest, ApiResponse } from '../../../http/messages';
import { nextCursor, windowOf } from '../../../http/paging';
import { validate } from '../../../http/parse';
import { pageOfAttempts } from '../../../operations/attempts';
import { exchangeOf } from '../../../operations/exchange';
import { surroundingsOf } from '../../../operations/names';
import { findAttempt } from '../../../operations/ownership';
import type { Ports } from '../../../operations/ports';
import { startRound } from '../../../operations/retry';
import type { AttemptRow } from '../../../store/lists/attempt-rows';

const PATH = '/v1/delivery-attempts';

/** `/v1/delivery-attempts`: every attempt, those that are coming included. */
export function hookstreamEndpoints(deps: Ports): Endpoints {
  return {
    [`GET ${PATH}`]: { scope: 'read', handle: (request, caller) => showAttempts(deps, request, caller) },
    [`GET ${PATH}/{id}`]: { scope: 'read', handle: (request, caller) => showAttempt(deps, request, caller) },
    [`POST ${PATH}/{id}/retry`]: { scope: 'write', handle: (request, caller) => retryAttempt(deps, request, caller) },
  };
}

type Call = (deps: Ports, request: ApiRequest, caller: Principal) => Promise<ApiResponse>;

const showAttempts: Call = async (deps, request, caller) => {
  const query = validate(listQuery, request.query);
  const { limit, offset, cursor } = query;
  const found = await pageOfAttempts(deps, caller, query, windowOf(offset, limit, cursor, 'offset'));
  const around = await surroundingsOf(
    deps.table,
    found.rows.map(({ delivery }) => delivery),
  );
  const attempts = found.rows.map((row) => writeListed(row, exchangeOf(deps, row.attempt), around));
  const pagination = {
    total: found.total,
    total_is_exact: found.totalIsExact,
    ...{ limit, offset },
    has_more: found.next !== undefined,
    next_cursor: nextCursor(found),
  };
  return { status: 200, body: { delivery_attempts: attempts, pagination } };
};

const showAttempt: Call = async (deps, request, caller) => {
  const row = await ownAttempt(deps, request, caller);
  const around = await surroundingsOf(deps.table, [row.delivery]);
  return { status: 200, body: writeDetail(row, exchangeOf(deps, row.attempt), around) };
};

/** Starts a fresh round at once; the answer is the attempt that this brings. */
const retryAttempt: Call = async (deps, request, caller) => {
  const { delivery } = await ownAttempt(deps, request, requireEnvironment(caller));
  const pending = await startRound(deps, delivery, 'manual');
  if (!pending) throw new ApiError('RETRY_FAILED', 'Retry failed');
  const row = { delivery: pending, number: pending.made + 1 };
  return { status: 200, body: { delivery_attempt: writeRecord(row, {}, await surroundingsOf(deps.table, [pending])) } };
};

async function ownAttempt(deps: Ports, request: ApiRequest, caller: Principal): Promise<AttemptRow> {
  const row = await findAttempt(deps.table, caller, request.params.id ?? '');
  if (!row) throw new ApiError('RESOURCE_NOT_FOUND', 'Delivery attempt not found');
  return row;
}
