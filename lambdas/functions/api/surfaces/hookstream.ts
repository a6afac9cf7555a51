import { listQuery } from '../../../dialects/hookstream/query';
import { writeDetail, writeListed, writeRecord } from '../../../dialects/hookstream/wire';
import { type Principal, requireEnvironment } from '../../../http/authentication';
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

type Call = (ports: Ports, request: ApiRequest, caller: Principal) => Promise<ApiResponse>;

/** `GET /v1/delivery-attempts`: every attempt, including the coming ones. */
export const showAttempts: Call = async (ports, request, caller) => {
  const query = validate(listQuery, request.query);
  const { limit, offset, cursor } = query;
  const found = await pageOfAttempts(ports, caller, query, windowOf(offset, limit, cursor, 'offset'));
  const around = await surroundingsOf(
    ports.table,
    found.rows.map(({ delivery }) => delivery),
  );
  const attempts = found.rows.map((row) => writeListed(row, exchangeOf(ports, row.attempt), around));
  const pagination = {
    total: found.total,
    total_is_exact: found.totalIsExact,
    ...{ limit, offset },
    has_more: found.next !== undefined,
    next_cursor: nextCursor(found),
  };
  return { status: 200, body: { delivery_attempts: attempts, pagination } };
};

/** `GET /v1/delivery-attempts/{id}` */
export const showAttempt: Call = async (ports, request, caller) => {
  const row = await ownAttempt(ports, request, caller);
  const around = await surroundingsOf(ports.table, [row.delivery]);
  return { status: 200, body: writeDetail(row, exchangeOf(ports, row.attempt), around) };
};

/** `POST /v1/delivery-attempts/{id}/retry` starts a fresh round at once; the answer is the attempt that this brings. */
export const retryAttempt: Call = async (ports, request, caller) => {
  const { delivery } = await ownAttempt(ports, request, requireEnvironment(caller));
  const pending = await startRound(ports, delivery, 'manual');
  if (!pending) throw new ApiError('RETRY_FAILED', 'Retry failed');
  const row = { delivery: pending, number: pending.made + 1 };
  return {
    status: 200,
    body: { delivery_attempt: writeRecord(row, {}, await surroundingsOf(ports.table, [pending])) },
  };
};

async function ownAttempt(ports: Ports, request: ApiRequest, caller: Principal): Promise<AttemptRow> {
  const row = await findAttempt(ports.table, caller, request.params.id ?? '');
  if (!row) throw new ApiError('RESOURCE_NOT_FOUND', 'Delivery attempt not found');
  return row;
}
