import { STATUS_CODES } from 'node:http';

/** Machine-readable reasons why an attempt failed. */
export const ERROR_CODES = [
  'http_error',
  'timeout',
  'connection_error',
  'dns_error',
  'tls_error',
  'address_blocked',
  'response_too_large',
  'schema_invalid',
  'worker_failed',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** Header names in lower case with one value each; several values of one name are joined with a comma. */
export type Headers = Readonly<Record<string, string>>;

/** What came of one attempt. A status code is never an exception: the two kinds are told apart here and nowhere else. */
export type AttemptResult =
  | {
      readonly kind: 'response';
      readonly statusCode: number;
      readonly headers: Headers;
      /** At most {@link MAX_RESPONSE_BYTES} bytes. */
      readonly body: Uint8Array;
      readonly latencyMs: number;
    }
  | { readonly kind: 'error'; readonly code: ErrorCode; readonly message: string; readonly latencyMs: number }
  /** Nothing was sent: every target that is left has accepted before. */
  | { readonly kind: 'unneeded'; readonly latencyMs: number };

/** Response bodies are cut here, and nothing beyond it is read: 10 KB. */
export const MAX_RESPONSE_BYTES = 10_240;

/** 2xx is success, and so is having nothing left to send. Everything else is failure, redirects included: they are not followed. */
export function isSuccess(result: AttemptResult): boolean {
  if (result.kind === 'unneeded') return true;
  return result.kind === 'response' && result.statusCode >= 200 && result.statusCode < 300;
}

/** 410 Gone: the receiver says that it wants nothing more, so the delivery ends and its destination is paused. */
export function isGone(result: AttemptResult): boolean {
  return result.kind === 'response' && result.statusCode === 410;
}

/** Code and text of a failed attempt, or undefined when it succeeded. */
export function failureOf(result: AttemptResult): { code: ErrorCode; message: string } | undefined {
  if (result.kind === 'unneeded' || isSuccess(result)) return undefined;
  if (result.kind === 'error') return { code: result.code, message: result.message };
  return { code: 'http_error', message: reasonPhrase(result.statusCode) };
}

/** The registered name of a status, as error text: `Internal Server Error` for 500 (RFC 9110 §15). */
export function reasonPhrase(statusCode: number): string {
  return STATUS_CODES[statusCode] ?? `HTTP ${statusCode}`;
}
