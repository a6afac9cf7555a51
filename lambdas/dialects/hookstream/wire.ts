import { attemptState } from '../../domain/attempt-state';
import { attemptId, eventId } from '../../domain/identifiers';
import { type AttemptRow, createdAtOf, diedAtOf, nextRetryAtOf, triggerOfRow } from '../../operations/answers';
import type { Exchange } from '../../operations/exchange';
import type { Surroundings } from '../../operations/names';
import { bodyText, isoTime } from '../text';

const json = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));

/** An attempt as lists show it: the full record without headers and bodies. */
export function writeListed(row: AttemptRow, exchange: Exchange, { destinations, connections }: Surroundings) {
  const { delivery, number, attempt } = row;
  const destination = destinations.get(delivery.destination);
  const diedAt = diedAtOf(row);
  return {
    id: attemptId(delivery.base, delivery.ordinal, number),
    org_id: delivery.organization,
    env_id: delivery.environment,
    event_id: eventId(delivery.base),
    connection_id: delivery.connection,
    destination_id: delivery.destination,
    request_url: exchange.request?.url ?? destination?.url ?? '',
    request_method: exchange.request?.method ?? destination?.method ?? 'POST',
    request_body_size: exchange.request?.bodyBytes ?? 0,
    response_status: attempt?.statusCode ?? null,
    duration_ms: attempt?.latencyMs ?? null,
    status: attemptState(attempt),
    error: attempt?.errorMessage ?? null,
    created_at: createdAtOf(row),
    attempt_number: number,
    next_retry_at: isoTime(nextRetryAtOf(row)),
    is_dlq: diedAt === undefined ? 0 : 1,
    dlq_at: isoTime(diedAt),
    trigger_type: triggerOfRow(row),
    connection_name: connections.get(delivery.connection)?.name ?? null,
    destination_name: destination?.name ?? null,
  };
}

/** The full record of an attempt: headers are JSON text. */
export function writeRecord(row: AttemptRow, exchange: Exchange, around: Surroundings) {
  return {
    ...writeListed(row, exchange, around),
    request_headers: json(exchange.request?.headers),
    response_headers: json(exchange.response?.headers),
    response_body: bodyText(exchange.response?.body),
  };
}

/** A single attempt: flat, with headers as objects, and with the full record as a member. */
export function writeDetail(row: AttemptRow, exchange: Exchange, around: Surroundings) {
  const record = writeRecord(row, exchange, around);
  const { id, event_id, connection_id, destination_id, destination_name, status, error } = record;
  const { response_body, attempt_number, next_retry_at, is_dlq, trigger_type, created_at } = record;
  return {
    id,
    event_id,
    connection_id,
    destination_id,
    destination_name,
    status,
    status_code: record.response_status,
    request_headers: exchange.request?.headers ?? null,
    response_headers: exchange.response?.headers ?? null,
    response_body,
    latency_ms: record.duration_ms,
    error,
    attempt_number,
    next_retry_at,
    is_dlq,
    trigger_type,
    created_at,
    attempted_at: isoTime(row.attempt?.startedAt),
    delivery_attempt: record,
  };
}
