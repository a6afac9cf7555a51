import { createHmac, randomBytes } from 'node:crypto';

const PREFIX = 'whsec_';

/** A new signing secret in the format of Standard Webhooks: `whsec_` and 24 random bytes in base64. */
export const newSigningSecret = (): string => PREFIX + randomBytes(24).toString('base64');

/**
 * The value of the `webhook-signature` header: one `v1` signature for each secret, separated by spaces.
 *
 * It signs bytes, so that bodies that are not text can be verified as well. The Standard Webhooks library signs only
 * text, with a SHA-256 of its own; tests verify with it.
 * (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md)
 *
 * @param secrets `whsec_…`; more than one while a secret is being rotated
 */
export function sign(secrets: readonly string[], id: string, timestamp: Date, body: Uint8Array): string {
  return secrets.map((secret) => signOnce(secret, id, timestamp, body)).join(' ');
}

function signOnce(secret: string, id: string, timestamp: Date, body: Uint8Array): string {
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
  const hmac = createHmac('sha256', key)
    .update(`${id}.${Math.floor(timestamp.getTime() / 1000)}.`)
    .update(body);
  return `v1,${hmac.digest('base64')}`;
}
