/** Headers that Posthorn or HTTP itself sets; a destination's own headers may not. */
const RESERVED = new Set([
  'host',
  'connection',
  'content-length',
  'content-type',
  'transfer-encoding',
  'expect',
  'te',
  'trailer',
  'upgrade',
  'keep-alive',
  'user-agent',
  'idempotency-key',
  'x-webhook-id',
]);

/** A header name as RFC 9110 §5.1 allows it. */
export const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;

/** A header value that cannot break out of its line: visible ASCII, spaces and tabs. */
export const HEADER_VALUE = /^[\t\x20-\x7e]{0,4096}$/;

/** Whether a destination may not set a header of that name. */
export function isReservedHeader(name: string): boolean {
  return RESERVED.has(name.toLowerCase()) || /^(webhook-|proxy-)/i.test(name);
}
