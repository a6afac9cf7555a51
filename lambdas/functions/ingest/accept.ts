import { IDEMPOTENCY_WINDOW_MS, publishName } from '../../domain/idempotency';
import { derivedBase, newBase } from '../../domain/identifiers';
import { ApiError } from '../../http/errors';
import type { StoredEvent } from '../../store/events/events';

/** An event that is to be accepted; its identifier is decided here. */
export type IncomingEvent = Omit<StoredEvent, 'base' | 'createdAt' | 'fingerprint'>;

/** What makes a publish repeatable: a key of the request, an id of the event, or what its source recognizes it by. */
export interface Repeatable {
  readonly kind: 'key' | 'id' | 'dedup';
  readonly value: string;
  /** Position of the event in its batch; 0 for a single one. */
  readonly index: number;
  /** SHA-256 of the whole request, in hex; absent where a repetition need not be the same. */
  readonly fingerprint?: string | undefined;
  /** How long it is remembered, where that is not a day; an id is as long as its event. */
  readonly windowMs?: number | undefined;
}

export interface AcceptPorts {
  /** Stores the event unless its identifier is taken; answers with the event that has taken it. */
  put(event: StoredEvent): Promise<StoredEvent | undefined>;
  /**
   * Stores the event and notes with the first one that it is the latest under the same key, all or nothing.
   *
   * @param first kept for the window from now on
   * @returns false when `first` has changed since it was read
   */
  putLatest(event: StoredEvent, first: StoredEvent, windowMs: number): Promise<boolean>;
  /** Deletes an event whose time is over, unless it has changed. */
  forget(event: StoredEvent): Promise<void>;
  get(base: string): Promise<StoredEvent | undefined>;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Others may use the same key in the same moment; so often its first event is looked at again. */
const MAX_LOOKS = 10;

/**
 * Accepts an event with one conditional write. A repeatable one has an identifier that follows from the caller's key, so
 * the same write also tells a repetition: it finds the first event in its place. That event remembers the latest one under
 * its key, for keys that are used again when their window is over.
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
  const event = { ...incoming, base: newBase(now), createdAt: new Date(now).toISOString() };
  // 42 random bits beside the millisecond: taken means that the SDK repeated a write that had succeeded.
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

/** Its retention has passed, but the table has not deleted it yet. */
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
