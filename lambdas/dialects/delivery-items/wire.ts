import { attemptState } from '../../domain/attempt-state';
import { deliveryIdempotencyKey } from '../../domain/idempotency';
import { configurationUuid, eventId, familyHex, toUuid } from '../../domain/identifiers';
import { type AttemptRow, createdAtOf, type Delivery } from '../../operations/answers';
import type { Exchange } from '../../operations/exchange';
import { bodyText, isoTime } from '../text';
import { STATUS_OF_STATE } from './statuses';

/** The key that the receiver deduplicates by. */
export const idempotencyKeyOf = ({ environment, base, connection }: Delivery): string =>
  deliveryIdempotencyKey(environment, eventId(base), connection);

/** An attempt as lists show it. */
export function writeItem(row: AttemptRow) {
  const { delivery, number, attempt } = row;
  return {
    id: toUuid(familyHex({ base: delivery.base, ordinal: delivery.ordinal, attempt: number })),
    binding_id: configurationUuid(delivery.connection),
    event_id: eventId(delivery.base),
    idempotency_key: idempotencyKeyOf(delivery),
    status: STATUS_OF_STATE[attemptState(attempt)],
    attempt: number,
    http_status: attempt?.statusCode ?? null,
    error_code: attempt?.errorCode ?? null,
    error_message: attempt?.errorMessage ?? null,
    duration_ms: attempt?.latencyMs ?? null,
    completed_at: isoTime(attempt && attempt.startedAt + attempt.latencyMs),
    created_at: createdAtOf(row),
  };
}

/** A single attempt, with the request and response bodies. */
export function writeItemDetail(row: AttemptRow, requestBody: Uint8Array | undefined, { response }: Exchange) {
  const { duration_ms, completed_at, created_at, ...item } = writeItem(row);
  const bodies = { request_body: bodyText(requestBody), response_body: bodyText(response?.body) };
  return { ...item, ...bodies, duration_ms, completed_at, created_at };
}
