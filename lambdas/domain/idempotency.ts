import { createHash } from 'node:crypto';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * The key that receivers deduplicate by: SHA-256 over environment, event and connection, in hex. Every attempt, retry
 * and replay of the event over that connection has the same one.
 */
export function deliveryIdempotencyKey(environment: string, event: string, connection: string): string {
  return sha256(`${environment}\n${event}\n${connection}`);
}

/** How long a publisher's `Idempotency-Key` is remembered: 24 hours, in milliseconds. */
export const IDEMPOTENCY_WINDOW_MS = 24 * 60 * 60 * 1000;

/** The name that a base is derived from, for events with a caller's key or id, or from a deduplicating source. */
export function publishName(environment: string, kind: 'key' | 'id' | 'dedup', value: string, index: number): string {
  return JSON.stringify([environment, kind, value, index]);
}

/** The fingerprint of a whole request, to distinguish a repeat from another request under the same key. */
export const requestFingerprint = (body: string): string => sha256(body);
