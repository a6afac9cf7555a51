/** How many calls a key may make. */
export interface CallLimits {
  /** Sustained calls a second. */
  readonly perSecond: number;
  /** Calls that may come all at once after a pause. */
  readonly burst: number;
}

/**
 * The calls that a key has left, shared by all instances of all functions: a token bucket, and what instances have
 * leased from it. Leased tokens are not in the bucket, and while a lease lasts the bucket fills only to `burst` minus
 * that lease. So bucket and leases together never hold more than `burst`, and no window of time sees more than
 * `perSecond` × its length + `burst` calls.
 */
export interface CallBudget {
  /** Thousandths of a call, so that a rate is a whole number of them in a millisecond. */
  readonly milliTokens: number;
  /** When the bucket was last filled, milliseconds since the epoch. */
  readonly at: number;
  /** By holder: calls that an instance may make without asking again, and until when (milliseconds since the epoch). */
  readonly leases: Readonly<Record<string, Lease>>;
}

export interface Lease {
  readonly calls: number;
  readonly until: number;
}

export type LeaseAnswer =
  | { readonly kind: 'leased'; readonly budget: CallBudget; readonly lease: Lease }
  /** Nothing is left; ask again after this many milliseconds. */
  | { readonly kind: 'empty'; readonly retryAfterMs: number };

/** How long a lease lasts; calls that its holder has not made by then are forfeited. */
const LEASE_MS = 30_000;

/** A lease takes one part in this many of what is left, so that many instances get something. */
const SHARE = 8;

/** Beyond this many holders, each gets one call at a time, so that the item stays within one write unit. */
const MAX_LEASES = 12;

const CALL = 1000;

/** The budget of a key that has not been used: a full bucket. */
export const fullBudget = ({ burst }: CallLimits, now: number): CallBudget => ({
  milliTokens: burst * CALL,
  at: now,
  leases: {},
});

/**
 * Leases calls to an instance. This replaces any lease it had; what was left of that one is forfeited.
 *
 * @param holder the instance
 * @param now milliseconds since the epoch
 */
export function leaseCalls(budget: CallBudget, holder: string, limits: CallLimits, now: number): LeaseAnswer {
  const before = fill(budget, limits, now);
  const { [holder]: _givenUp, ...leases } = before.leases;
  const filled = { ...before, leases };
  const left = Math.floor(filled.milliTokens / CALL);
  if (left < 1) return { kind: 'empty', retryAfterMs: waitFor(filled, limits) };
  const crowded = Object.keys(leases).length >= MAX_LEASES;
  const calls = crowded ? 1 : Math.max(1, Math.floor(left / SHARE));
  const lease = { calls, until: filled.at + LEASE_MS };
  // A single call is spent right away, so there is no lease to keep.
  const held = calls > 1 ? { ...leases, [holder]: lease } : leases;
  return { kind: 'leased', lease, budget: { ...filled, milliTokens: filled.milliTokens - calls * CALL, leases: held } };
}

/** Refills the bucket up to now. Its capacity grows step by step as leases end. */
function fill(budget: CallBudget, limits: CallLimits, now: number): CallBudget {
  const byEnd = Object.entries(budget.leases).sort(([, one], [, other]) => one.until - other.until);
  let { milliTokens, at } = budget;
  let outstanding = byEnd.reduce((sum, [, { calls }]) => sum + calls, 0);
  const pour = (until: number) => {
    const room = Math.max(0, (limits.burst - outstanding) * CALL);
    milliTokens = Math.min(room, milliTokens + limits.perSecond * Math.max(0, until - at));
    at = Math.max(at, until);
  };
  for (const [, { calls, until }] of byEnd.filter(([, lease]) => lease.until <= now)) {
    pour(until);
    outstanding -= calls;
  }
  pour(now);
  return { milliTokens, at, leases: Object.fromEntries(byEnd.filter(([, { until }]) => until > at)) };
}

/** Milliseconds until the bucket holds a call, by refilling or after a lease has ended. */
function waitFor({ milliTokens, at, leases }: CallBudget, { perSecond, burst }: CallLimits): number {
  const held = Object.values(leases);
  const outstanding = held.reduce((sum, { calls }) => sum + calls, 0);
  if (burst - outstanding >= 1) return Math.ceil((CALL - milliTokens) / perSecond);
  return Math.max(1, Math.min(...held.map(({ until }) => until)) - at);
}
