import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/**
 * Verifies a signature over the bytes that arrived, as the specification says. The library of Standard Webhooks for
 * JavaScript reads the body as text, and would refuse bodies that are none.
 *
 * @param secret `whsec_…`
 * @returns what is wrong; undefined when nothing is
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signatureProblem(
  secret: string | undefined,
  headers: IncomingHttpHeaders,
  body: Uint8Array,
): string | undefined {
  if (secret === undefined) return 'There was no secret yet.';
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.`;
  const expected = Buffer.from(`v1,${createHmac('sha256', key).update(signed).update(body).digest('base64')}`);
  const given = String(headers['webhook-signature'])
    .split(' ')
    .map((one) => Buffer.from(one));
  const matches = given.some((one) => one.byteLength === expected.byteLength && timingSafeEqual(one, expected));
  return matches ? undefined : 'No signature matches.';
}
