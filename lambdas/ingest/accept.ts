import { IDEMPOTENCY_WINDOW_MS, publishName } from '../domain/idempotency';
import { derivedBase, newBase } from '../domain/identifiers';
import { ApiError } from '../http/errors';
import type { StoredEvent } from '../store/events';

/** An event that is to be accepted; its identifier is decided here. */
export type IncomingEvent = Omit<StoredEvent, 'base' | 'createdAt' | 'fingerprint'>;

/** How the caller made a publish repeatable: by a key of the request, or by an id of the event. */
export interface Repeatable {
  readonly kind: 'key' | 'id';
  readonly value: string;
  /** Position of the event in its batch; 0 for a single one. */
  readonly index: number;
  /** SHA-256 of the whole request, in hex. */
  readonly fingerprint: string;
}

export interface AcceptPorts {
  /** Stores the event unless its identifier is taken; answers with the event that has taken it. */
  put(event: StoredEvent): Promise<StoredEvent | undefined>;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** A key is free again after its window. So many windows of one key can lie within the time events are kept. */
const MAX_GENERATIONS = 400;

/**
 * Accepts an event with one conditional write. A repeatable one has an identifier that follows from the caller's key, so
 * the same write also tells a repetition: it finds the first event in its place.
 *
 * @returns the event as it is stored, be it from now or from the first time
 * @throws ApiError 409 when the key or id was used for another request
 */
export async function accept(
  ports: AcceptPorts,
  incoming: IncomingEvent,
  repeatable: Repeatable | undefined,
): Promise<StoredEvent> {
  const now = ports.now();
  const createdAt = new Date(now).toISOString();
  if (!repeatable) {
    const event = { ...incoming, base: newBase(now), createdAt };
    // 42 random bits beside the millisecond: taken means that the SDK repeated a write that had succeeded.
    return (await ports.put(event)) ?? event;
  }
  for (let generation = 0; generation < MAX_GENERATIONS; generation += 1) {
    const { kind, value, index, fingerprint } = repeatable;
    const base = derivedBase(publishName(incoming.environment, kind, value, generation, index));
    const event = { ...incoming, base, createdAt, fingerprint };
    const found = await ports.put(event);
    if (!found) return event;
    if (kind === 'key' && now - Date.parse(found.createdAt) >= IDEMPOTENCY_WINDOW_MS) continue;
    if (found.fingerprint === fingerprint) return found;
    throw new ApiError('CONFLICT', conflictMessage(kind));
  }
  throw new ApiError('CONFLICT', conflictMessage('key'));
}

const conflictMessage = (kind: Repeatable['kind']): string =>
  kind === 'key'
    ? 'Idempotency-Key: was used for a different request within the last 24 hours'
    : 'id: an event with this id was published with different content';
