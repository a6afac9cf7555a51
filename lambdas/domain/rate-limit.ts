/**
 * A place in the line of a destination with a rate limit. It travels in the delivery's message, so that a delivery that
 * waits asks for no second one, and nobody who came later is let in before it.
 */
export interface Turn {
  /** When its turn is, milliseconds since the epoch. */
  readonly at: number;
  /** The limit that the place was given under, requests a second. */
  readonly rate: number;
  /** How many places the delivery has had so far. */
  readonly places: number;
}

/** A turn that is this near is waited for, rather than sent round through the queue, which knows seconds only. */
export const NEAR_MS = 1000;

/** A delivery that comes later than this after its turn has lost it: many that were held up would be sent at once. */
export const GRACE_MS = 1000;

/** A delivery that was late for so many places is sent as it comes. Where workers are short, it would never be in time. */
const MAX_PLACES = 2;

/** How far apart turns are, in milliseconds. */
export const intervalMs = (rate: number): number => 1000 / rate;

/** What a delivery does about its turn. */
export type TurnStep = 'ask' | 'queue' | 'wait' | 'go';

/**
 * Reads what follows from a turn: ask for a place, go round through the queue, wait for a moment, or go.
 *
 * @param turn undefined when the delivery has no place yet
 * @param rate as it is now: places under another limit are void
 */
export function stepOf(turn: Turn | undefined, rate: number, now: number): TurnStep {
  if (turn?.rate !== rate) return 'ask';
  const ahead = turn.at - now;
  if (ahead > NEAR_MS) return 'queue';
  if (ahead > 0) return 'wait';
  return -ahead > GRACE_MS && turn.places < MAX_PLACES ? 'ask' : 'go';
}
