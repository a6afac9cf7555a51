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

/** Why an attempt failed: a code for programs and a text for people. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
}

/** What came of sending an event to one target, in words that fit every transport. */
export type AttemptResult = {
  readonly latencyMs: number;
  /** The number that the target answered with, where it answered. */
  readonly status?: number | undefined;
} & (
  | { readonly kind: 'accepted'; readonly failure?: undefined }
  /** The target answered that it did not take the event, and perhaps how long to leave it alone. */
  | { readonly kind: 'refused'; readonly failure: Failure; readonly retryAfterSeconds?: number | undefined }
  /** The target answered that it wants nothing more: the delivery ends, and its destination is paused. */
  | { readonly kind: 'gone'; readonly failure: Failure }
  /** There was no answer. */
  | { readonly kind: 'error'; readonly failure: Failure }
);

/** What a target answers is cut here, and nothing beyond it is read: 10 KB. */
export const MAX_RESPONSE_BYTES = 10_240;
