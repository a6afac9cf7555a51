import type { AttemptResult } from '../../../../domain/attempt';
import { reasonPhrase } from '../../../../domain/http';
import type { Exchange, Transport } from '../transport';
import { buildRequest, recordedHeaders } from './outgoing';
import type { HttpAnswer, Send } from './send';

/**
 * Sends events as HTTP requests.
 *
 * @param now milliseconds since the epoch
 */
export function httpTransport(send: Send, now: () => number = Date.now): Transport {
  return async (sending): Promise<Exchange> => {
    const { target, destination } = sending;
    const outgoing = buildRequest(sending);
    const answer = await send(outgoing);
    const response = answer.kind === 'response' ? answer : undefined;
    const detail = {
      requestUrl: outgoing.url,
      requestMethod: outgoing.method,
      requestHeaders: recordedHeaders(outgoing.headers, destination),
      requestBodyBytes: outgoing.body.byteLength,
      responseHeaders: response?.headers ?? {},
      responseBody: response?.body,
    };
    return { target, result: resultOf(answer, now()), detail };
  };
}

/**
 * Reads what an answer means. 2xx accepts the event. Everything else is a failure, redirects included: they are not
 * followed. 410 Gone says that the receiver wants nothing more.
 *
 * @param now milliseconds since the epoch
 */
export function resultOf(answer: HttpAnswer, now: number): AttemptResult {
  const { latencyMs } = answer;
  if (answer.kind === 'error') {
    const { code, message } = answer;
    return { kind: 'error', latencyMs, failure: { code, message } };
  }
  const { statusCode: status, headers } = answer;
  if (status >= 200 && status < 300) return { kind: 'accepted', latencyMs, status };
  const failure = { code: 'http_error', message: reasonPhrase(status) } as const;
  if (status === 410) return { kind: 'gone', latencyMs, status, failure };
  const retryAfterSeconds = parseRetryAfter(headers['retry-after'], now);
  return { kind: 'refused', latencyMs, status, failure, retryAfterSeconds };
}

/** HTTP dates start with the day of the week; `Date.parse` alone accepts nearly any text with a number. */
const HTTP_DATE = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/i;

/**
 * Seconds that a `Retry-After` header asks to wait (RFC 9110 §10.2.3: a number of seconds or an HTTP date).
 *
 * @param now milliseconds since the epoch
 * @returns undefined when the header is absent or unreadable; 0 for a date in the past
 */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  if (/^\d+$/.test(text)) return Number(text);
  const date = HTTP_DATE.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000));
}
