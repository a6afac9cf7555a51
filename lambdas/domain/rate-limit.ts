/**
 * A place in the line of a destination with a rate limit. It travels in the delivery's message, so a waiting delivery
 * keeps its place and nobody who came later gets ahead of it.
 */
export interface Turn {
  /** When its turn is, milliseconds since the epoch. */
  readonly at: number;
  /** The limit that the place was given under, requests a second. */
  readonly rate: number;
  /** How many places the delivery has had so far. */
  readonly places: number;
}

/** A turn this near is waited for in the worker: delays in the queue are whole seconds. */
export const NEAR_MS = 1000;

/** A delivery that is this late has lost its turn. Otherwise many that were held up would be sent at once. */
export const GRACE_MS = 1000;

/** A delivery that has missed this many turns is sent right away: with too few workers it might never be in time. */
const MAX_PLACES = 2;

/** The time between two turns, in milliseconds. */
export const intervalMs = (rate: number): number => 1000 / rate;

/** What a delivery does next to get its turn. */
export type TurnStep = 'ask' | 'queue' | 'wait' | 'go';

/**
 * Decides what a delivery does about its turn: ask for a place, wait in the queue, wait here, or go.
 *
 * @param turn undefined when the delivery has no place yet
 * @param rate the current limit; places given under another limit are void
 */
export function stepOf(turn: Turn | undefined, rate: number, now: number): TurnStep {
  if (turn?.rate !== rate) return 'ask';
  const ahead = turn.at - now;
  if (ahead > NEAR_MS) return 'queue';
  if (ahead > 0) return 'wait';
  return -ahead > GRACE_MS && turn.places < MAX_PLACES ? 'ask' : 'go';
}
