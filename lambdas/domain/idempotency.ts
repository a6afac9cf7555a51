import { createHash } from 'node:crypto';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * The key that a receiver deduplicates by: SHA-256 over environment, event and connection, in hex. It is the same on
 * every attempt, retry and replay of the event over that connection.
 */
export function deliveryIdempotencyKey(environment: string, event: string, connection: string): string {
  return sha256(`${environment}\n${event}\n${connection}`);
}

/** How long a publisher's `Idempotency-Key` is remembered: 24 hours, in milliseconds. */
export const IDEMPOTENCY_WINDOW_MS = 24 * 60 * 60 * 1000;

/** The name from which the base of an event is derived that is published under the caller's own key or id, or that a source recognizes. */
export function publishName(environment: string, kind: 'key' | 'id' | 'dedup', value: string, index: number): string {
  return JSON.stringify([environment, kind, value, index]);
}

/** A fingerprint of a whole request, by which a repetition is told from another request under the same key. */
export const requestFingerprint = (body: string): string => sha256(body);
