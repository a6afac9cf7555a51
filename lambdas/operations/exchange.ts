import { MAX_RESPONSE_BYTES } from '../domain/attempt';
import type { Headers } from '../domain/http';
import { unpackDetail } from '../store/deliveries/attempt-detail';
import type { StoredAttempt } from '../store/deliveries/delivery-items';
import { getEvent } from '../store/events/events';
import { type AttemptRow, createdAtOf } from '../store/lists/attempt-rows';
import type { Ports } from './ports';

/** Request and response of an attempt; credentials read `***`. */
export interface Exchange {
  /** Absent when nothing was sent. */
  readonly request?: {
    readonly url: string;
    readonly method: string;
    readonly headers: Headers;
    readonly bodyBytes: number;
  };
  /** Absent when nothing came back. */
  readonly response?: {
    readonly headers: Headers;
    /** At most 10 KB; undefined once bodies are no longer shown. */
    readonly body?: Uint8Array | undefined;
  };
}

const DAY_MS = 86_400_000;

/** Whether an attempt's bodies are still shown. */
function showsBodies({ bodyRetentionDays, now }: Pick<Ports, 'bodyRetentionDays' | 'now'>, startedAt: number): boolean {
  return now() - startedAt < bodyRetentionDays * DAY_MS;
}

/** Reads the request and response of an attempt; empty before it is made. */
export function exchangeOf(
  ports: Pick<Ports, 'bodyRetentionDays' | 'now'>,
  attempt: StoredAttempt | undefined,
): Exchange {
  if (!attempt?.detail) return {};
  const detail = unpackDetail(attempt.detail);
  const { requestUrl: url, requestMethod: method, requestHeaders: headers, requestBodyBytes: bodyBytes } = detail;
  const request = { url, method, headers, bodyBytes };
  if (attempt.statusCode === undefined) return { request };
  const body = showsBodies(ports, attempt.startedAt) ? detail.responseBody : undefined;
  return { request, response: { headers: detail.responseHeaders, body } };
}

/** The first 10 KB of the request body; undefined once bodies are no longer shown, or if the event is gone. */
export async function requestBodyOf(ports: Ports, row: AttemptRow): Promise<Uint8Array | undefined> {
  if (!showsBodies(ports, Date.parse(createdAtOf(row)))) return undefined;
  return (await getEvent(ports.table, row.delivery.base))?.body.subarray(0, MAX_RESPONSE_BYTES);
}
