import { IDEMPOTENCY_WINDOW_MS, publishName } from '../../domain/idempotency';
import { derivedBase, newBase } from '../../domain/identifiers';
import { ApiError } from '../../http/errors';
import type { StoredEvent } from '../../store/events/events';

/** An event to be accepted, without the identifier, which is decided here. */
export type IncomingEvent = Omit<StoredEvent, 'base' | 'createdAt' | 'fingerprint'>;

/** What makes publishing repeatable: the request's key, the event's own id, or what its source deduplicates by. */
export interface Repeatable {
  readonly kind: 'key' | 'id' | 'dedup';
  readonly value: string;
  /** Position of the event in its batch; 0 for a single one. */
  readonly index: number;
  /** SHA-256 of the whole request, in hex; absent if a repeat may differ. */
  readonly fingerprint?: string | undefined;
  /** How long it is remembered, if not a day; an id lasts as long as its event. */
  readonly windowMs?: number | undefined;
}

export interface AcceptPorts {
  /** Stores the event unless its identifier is taken; returns the event that has it already. */
  put(event: StoredEvent): Promise<StoredEvent | undefined>;
  /**
   * Stores the event and records in the first one that it is the latest under the same key, all or nothing.
   *
   * @param first the first event under the key; it is kept for another window
   * @returns false when `first` has changed since it was read
   */
  putLatest(event: StoredEvent, first: StoredEvent, windowMs: number): Promise<boolean>;
  /** Deletes an expired event unless it has changed. */
  forget(event: StoredEvent): Promise<void>;
  get(base: string): Promise<StoredEvent | undefined>;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** How often the first event of a key is read again when others use the key at the same time. */
const MAX_LOOKS = 10;

/**
 * Accepts an event with one conditional write. A repeatable event's identifier is derived from the caller's key, so the
 * same write also detects a repeat: it finds the first event in its place. That event remembers the latest one under
 * its key, for keys that are used again after their window.
 *
 * @returns the stored event, whether new or from the first time
 * @throws ApiError 409 when the key or id was used for another request
 */
export async function accept(
  ports: AcceptPorts,
  incoming: IncomingEvent,
  repeatable: Repeatable | undefined,
): Promise<StoredEvent> {
  const now = ports.now();
  const event = { ...incoming, base: newBase(now), createdAt: new Date(now).toISOString() };
  // With 42 random bits besides the millisecond, "taken" means that the SDK repeated a write that had succeeded.
  if (!repeatable) return (await ports.put(event)) ?? event;
  const { kind, value, index, fingerprint, windowMs = IDEMPOTENCY_WINDOW_MS } = repeatable;
  const base = derivedBase(publishName(incoming.environment, kind, value, index));
  const marked = fingerprint === undefined ? event : { ...event, fingerprint };
  for (let look = 0; look < MAX_LOOKS; look += 1) {
    const first = await ports.put({ ...marked, base });
    if (!first) return { ...marked, base };
    const latest = latestUnder(first);
    if (kind === 'id' || now - Date.parse(latest.at) < windowMs) return repetition(ports, first, latest, repeatable);
    if (isOver(first, now)) await ports.forget(first);
    else if (await ports.putLatest(marked, first, windowMs)) return marked;
  }
  throw new Error(`Others used the same key ${MAX_LOOKS} times in a moment.`);
}

type Latest = NonNullable<StoredEvent['latest']>;

const latestUnder = ({ latest, base, createdAt, fingerprint }: StoredEvent): Latest =>
  latest ?? { base, at: createdAt, fingerprint };

/** Its retention is over, but the table has not deleted it yet. */
const isOver = ({ expiresAt }: StoredEvent, now: number): boolean => expiresAt !== undefined && expiresAt * 1000 <= now;

async function repetition(
  ports: AcceptPorts,
  first: StoredEvent,
  latest: Latest,
  { kind, fingerprint }: Repeatable,
): Promise<StoredEvent> {
  if (latest.fingerprint !== fingerprint) throw new ApiError('CONFLICT', conflictMessage(kind));
  const event = latest.base === first.base ? first : await ports.get(latest.base);
  if (!event) throw new Error('The latest event under a key is gone before its window is over.');
  return event;
}

export const conflictMessage = (kind: Repeatable['kind']): string =>
  kind === 'id'
    ? 'id: an event with this id was published with different content'
    : 'Idempotency-Key: was used for a different request within the last 24 hours';
