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
  /** Leases by their end. Those that end together are one entry, so it does not matter how many instances there are. */
  readonly leases: Readonly<Record<string, Lease>>;
}

/** Calls that may be made without asking again, and until when (milliseconds since the epoch). */
export interface Lease {
  readonly calls: number;
  readonly until: number;
}

export type LeaseAnswer =
  | { readonly kind: 'leased'; readonly budget: CallBudget; readonly lease: Lease }
  /** Nothing is left; ask again after this many milliseconds. */
  | { readonly kind: 'empty'; readonly retryAfterMs: number };

/** How long a lease lasts at least; calls that its holder has not made by then are forfeited. */
const LEASE_MS = 30_000;

/** Leases end at multiples of this, so that a budget has a dozen entries at most and stays within one write unit. */
const ENDS_EVERY_MS = 3_000;

/** The part of the burst that leases may hold. The rest is for whoever asks, whatever became of the holders. */
const LEASABLE = 3 / 4;

/** A lease takes one part in this many of what may still be leased, so that many instances get something. */
const SHARE = 4;

/** The calls of the largest lease: one write for a hundred calls is cheap, and little is lost with an instance. */
const MAX_CALLS = 100;

const CALL = 1000;

/** The budget of a key that has not been used: a full bucket. */
export const fullBudget = ({ burst }: CallLimits, now: number): CallBudget => ({
  milliTokens: burst * CALL,
  at: now,
  leases: {},
});

/**
 * Leases calls to an instance.
 *
 * @param now milliseconds since the epoch
 * @param former the lease that the instance had before; what is left of it is forfeited
 */
export function leaseCalls(budget: CallBudget, limits: CallLimits, now: number, former?: Lease): LeaseAnswer {
  const filled = note(fill(budget, limits, now), former, -1);
  const left = Math.floor(filled.milliTokens / CALL);
  if (left < 1) return { kind: 'empty', retryAfterMs: waitFor(filled, limits) };
  const leasable = Math.min(left, limits.burst * LEASABLE - callsIn(filled.leases));
  const calls = Math.max(1, Math.min(MAX_CALLS, Math.floor(leasable / SHARE)));
  const lease = { calls, until: Math.ceil((filled.at + LEASE_MS) / ENDS_EVERY_MS) * ENDS_EVERY_MS };
  const taken = { ...filled, milliTokens: filled.milliTokens - calls * CALL };
  return { kind: 'leased', lease, budget: note(taken, lease, 1) };
}

/** Adds a lease to those that are noted, or takes it away. */
function note(budget: CallBudget, lease: Lease | undefined, sign: 1 | -1): CallBudget {
  // A single call is spent right away, so there is no lease to keep.
  if (!lease || lease.calls === 1) return budget;
  const { [lease.until]: together, ...others } = budget.leases;
  // A lease that has ended is not noted any more.
  const calls = (together?.calls ?? 0) + sign * lease.calls;
  return { ...budget, leases: calls > 0 ? { ...others, [lease.until]: { calls, until: lease.until } } : others };
}

const callsIn = (leases: CallBudget['leases']) => Object.values(leases).reduce((sum, { calls }) => sum + calls, 0);

/** Refills the bucket up to now. Its capacity grows step by step as leases end. */
function fill(budget: CallBudget, limits: CallLimits, now: number): CallBudget {
  const byEnd = Object.entries(budget.leases).sort(([, one], [, other]) => one.until - other.until);
  let { milliTokens, at } = budget;
  let outstanding = callsIn(budget.leases);
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
  if (burst - callsIn(leases) >= 1) return Math.ceil((CALL - milliTokens) / perSecond);
  return Math.max(1, Math.min(...Object.values(leases).map(({ until }) => until)) - at);
}
