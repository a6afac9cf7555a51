import { deflateRawSync, inflateRawSync } from 'node:zlib';
import * as z from 'zod/mini';
import { ERROR_CODES } from '../../domain/attempt';
import type { Headers } from '../../domain/http';
import { once } from '../../runtime/once';

const target = once(() =>
  z.object({
    url: z.string(),
    latencyMs: z.number(),
    statusCode: z.optional(z.number()),
    errorCode: z.optional(z.enum(ERROR_CODES)),
    errorMessage: z.optional(z.string()),
  }),
);

/** The result of an attempt at one of several targets; without an error, it accepted. */
export type TargetDetail = z.output<ReturnType<typeof target>>;

/** What an attempt sent and received, apart from the figures shown in lists. */
export interface AttemptDetail {
  readonly requestUrl: string;
  readonly requestMethod: string;
  /** As sent, except that credentials read `***`. */
  readonly requestHeaders: Headers;
  readonly requestBodyBytes: number;
  /** Empty when there was no response. */
  readonly responseHeaders: Headers;
  /** At most 10 KB; absent when there was no response. */
  readonly responseBody?: Uint8Array | undefined;
  /** Every target that the attempt was sent to, if there was more than one. */
  readonly targets?: readonly TargetDetail[] | undefined;
}

/**
 * Text that nearly every attempt repeats. Deflate with this as its preset dictionary stores it as references, so that
 * an attempt fits beside its delivery in the same kilobyte. Never change it: stored attempts need it to be read.
 */
const DICTIONARY = Buffer.from(
  [
    '"strict-transport-security":"max-age=31536000; includeSubDomains","vary":"Accept-Encoding","x-request-id":"',
    '"cache-control":"no-cache","server":"nginx","cf-ray":"","x-powered-by":"Express","etag":"W/\\"","via":"1.1 ',
    '"content-type":"text/html; charset=utf-8","content-type":"text/plain; charset=utf-8","authorization":"Bearer ***"',
    '"responseHeaders":{"connection":"keep-alive","keep-alive":"timeout=5","transfer-encoding":"chunked","content-length":"',
    '"content-type":"application/json; charset=utf-8","date":"Mon, Tue, Wed, Thu, Fri, Sat, Sun, 01 Jan Feb Mar Apr May Jun ',
    'Jul Aug Sep Oct Nov Dec 2026 2027 00:00:00 GMT"}{"requestUrl":"https://","requestMethod":"POST","requestHeaders":',
    '{"content-type":"application/json","user-agent":"Posthorn/0.1.0","webhook-id":"evt_","webhook-timestamp":"17',
    '","webhook-signature":"v1,","X-Webhook-ID":"evt_","Idempotency-Key":"","requestBodyBytes":{"ok":true}',
  ].join(''),
);

const head = once(() =>
  z.object({
    requestUrl: z.string(),
    requestMethod: z.string(),
    requestHeaders: z.record(z.string(), z.string()),
    requestBodyBytes: z.number(),
    responseHeaders: z.record(z.string(), z.string()),
    hasBody: z.boolean(),
    targets: z.optional(z.array(target())),
  }),
);

/** Separates the JSON head, which never contains it, from the bytes of the response body. */
const SEPARATOR = 0;

/** Packs the detail of an attempt into a few hundred bytes. */
export function packDetail({ responseBody, ...rest }: AttemptDetail): Uint8Array {
  const json = Buffer.from(JSON.stringify({ ...rest, hasBody: responseBody !== undefined }));
  const whole = Buffer.concat([json, Buffer.of(SEPARATOR), responseBody ?? Buffer.alloc(0)]);
  return deflateRawSync(whole, { dictionary: DICTIONARY, level: 9 });
}

/** Reads what {@link packDetail} wrote. */
export function unpackDetail(packed: Uint8Array): AttemptDetail {
  const whole = inflateRawSync(packed, { dictionary: DICTIONARY });
  const end = whole.indexOf(SEPARATOR);
  const { hasBody, ...rest } = head().parse(JSON.parse(whole.subarray(0, end).toString('utf8')));
  return hasBody ? { ...rest, responseBody: whole.subarray(end + 1) } : rest;
}
