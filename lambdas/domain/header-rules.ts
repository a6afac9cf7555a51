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

/** A destination has at most this many headers of its own. */
const MAX_HEADERS = 50;

/** Names and values of a destination's own headers together: what common servers take in one request, with room for more. */
const MAX_HEADER_BYTES = 8192;

/** Says what is wrong with the headers of a destination taken together, or undefined. */
export function headersProblem(headers: Readonly<Record<string, string>>): string | undefined {
  const names = Object.keys(headers);
  if (names.length > MAX_HEADERS) return `must not be more than ${MAX_HEADERS}`;
  if (new Set(names.map((name) => name.toLowerCase())).size < names.length) return 'must not name a header twice';
  const size = Object.entries(headers).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  return size > MAX_HEADER_BYTES ? `must not be larger than ${MAX_HEADER_BYTES} bytes together` : undefined;
}

/** Whether a destination may not set a header of that name. */
export function isReservedHeader(name: string): boolean {
  return RESERVED.has(name.toLowerCase()) || /^(webhook-|proxy-)/i.test(name);
}
