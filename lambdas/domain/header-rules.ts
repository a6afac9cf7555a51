/** Headers that Posthorn or HTTP itself sets, and a destination must not. */
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

/** A header value that cannot start a new line: visible ASCII, spaces and tabs. */
export const HEADER_VALUE = /^[\t\x20-\x7e]{0,4096}$/;

/** A destination has at most this many headers of its own. */
const MAX_HEADERS = 50;

/** The most bytes of a destination's own headers, names and values: common servers accept more. */
const MAX_HEADER_BYTES = 8192;

/** What is wrong with a destination's headers as a whole, or undefined. */
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
