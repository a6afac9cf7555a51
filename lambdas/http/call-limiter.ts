import { type CallBudget, type CallLimits, fullBudget, type Lease, leaseCalls } from '../domain/call-budget';
import { BoundedMap } from '../runtime/cache';

/** The budget that the instances of all functions share. */
export interface CallLimiterPorts {
  read(keyId: string): Promise<(CallBudget & { readonly version: number }) | undefined>;
  /** Writes unless another instance has written since `version` was read (0: there was none). */
  write(keyId: string, budget: CallBudget, version: number): Promise<boolean>;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Waits for a random time up to this (full jitter), before another try. */
  pause(longestMs: number): Promise<void>;
}

export type Admission =
  | { readonly admitted: true }
  | { readonly admitted: false /** Milliseconds, at least 1. */; readonly retryAfterMs: number };

/** Asks for one more call with a key. */
export type Admit = (keyId: string, limits: CallLimits) => Promise<Admission>;

/** What this instance knows about a key. */
interface Local {
  /** Calls of the lease that are left. */
  calls: number;
  lease?: Lease;
  /** Nothing was left; until then there is no point in asking again. */
  emptyUntil: number;
  asking?: Promise<Admission> | undefined;
}

/** How much clocks of instances may differ: a lease is not used until its very end. */
const CLOCK_MARGIN_MS = 2_000;

/** How often a lease is tried when other instances write at the same time, as a hundred do that have just started. */
const MAX_TRIES = 15;

/** The longest pause before the second try; it doubles before each later one, up to the limit. */
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 320;

/** How many keys' leases an instance remembers. */
const MAX_KEYS = 1_000;

/**
 * Creates the limiter of one instance. It leases calls from the shared budget in small portions and admits calls from
 * them without another read or write; a key with nothing left is refused from memory for a while.
 */
export function createCallLimiter(ports: CallLimiterPorts): Admit {
  const keys = new BoundedMap<string, Local>(MAX_KEYS);
  return async (keyId, limits) => {
    const local = keys.get(keyId) ?? { calls: 0, emptyUntil: 0 };
    // The key that was used last is the last to be forgotten.
    keys.set(keyId, local);
    for (;;) {
      const known = fromMemory(local, ports.now());
      if (known) return known;
      if (local.asking) {
        await local.asking;
        continue;
      }
      local.asking = ask(ports, local, keyId, limits);
      try {
        return await local.asking;
      } finally {
        local.asking = undefined;
      }
    }
  };
}

function fromMemory(local: Local, now: number): Admission | undefined {
  if (local.lease && local.calls > 0 && now < local.lease.until - CLOCK_MARGIN_MS) {
    local.calls -= 1;
    return { admitted: true };
  }
  if (now < local.emptyUntil) return { admitted: false, retryAfterMs: local.emptyUntil - now };
  return undefined;
}

/** Leases calls and spends the first of them. */
async function ask(ports: CallLimiterPorts, local: Local, keyId: string, limits: CallLimits): Promise<Admission> {
  // The previous lease ends here; what is left of it must not be spent any more.
  local.calls = 0;
  for (let attempt = 0; attempt < MAX_TRIES; attempt += 1) {
    if (attempt > 0) await ports.pause(Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS));
    const stored = await ports.read(keyId);
    const now = ports.now();
    const answer = leaseCalls(stored ?? fullBudget(limits, now), limits, now, local.lease);
    if (answer.kind === 'empty') return refuse(local, answer.retryAfterMs, now);
    if (!(await ports.write(keyId, answer.budget, stored?.version ?? 0))) continue;
    local.calls = answer.lease.calls - 1;
    local.lease = answer.lease;
    return { admitted: true };
  }
  // This many instances at once are a flood; refusing keeps the limit.
  return refuse(local, 1, ports.now());
}

function refuse(local: Local, retryAfterMs: number, now: number): Admission {
  local.emptyUntil = now + retryAfterMs;
  return { admitted: false, retryAfterMs };
}
