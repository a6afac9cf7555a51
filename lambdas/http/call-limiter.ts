import { randomUUID } from 'node:crypto';
import { type CallBudget, type CallLimits, fullBudget, leaseCalls } from '../domain/call-budget';
import { BoundedMap } from '../runtime/cache';

/** The budget that the instances of all functions share. */
export interface CallLimiterPorts {
  read(keyId: string): Promise<(CallBudget & { readonly version: number }) | undefined>;
  /** Writes unless another instance has written since `version` was read (0: there was none). */
  write(keyId: string, budget: CallBudget, version: number): Promise<boolean>;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Waits before another try, longer each time. */
  pause(attempt: number): Promise<void>;
}

export type Admission =
  | { readonly admitted: true }
  | { readonly admitted: false /** Milliseconds, at least 1. */; readonly retryAfterMs: number };

/** Asks for one more call with a key. */
export type Admit = (keyId: string, limits: CallLimits) => Promise<Admission>;

/** What this instance knows about a key. */
interface Local {
  calls: number;
  until: number;
  /** Nothing was left; until then there is no point in asking again. */
  emptyUntil: number;
  asking?: Promise<Admission> | undefined;
}

/** How much clocks of instances may differ: a lease is not used until its very end. */
const CLOCK_MARGIN_MS = 2_000;

/** How often a lease is tried when other instances write at the same time. */
const MAX_TRIES = 10;

/** How many keys' leases an instance remembers. */
const MAX_KEYS = 1_000;

/**
 * Creates the limiter of one instance. It leases calls from the shared budget in small portions and admits calls from
 * them without another read or write; a key with nothing left is refused from memory for a while.
 */
export function createCallLimiter(ports: CallLimiterPorts, holder: string = randomUUID().slice(0, 8)): Admit {
  const keys = new BoundedMap<string, Local>(MAX_KEYS);
  return async (keyId, limits) => {
    const local = keys.get(keyId) ?? { calls: 0, until: 0, emptyUntil: 0 };
    // The key that was used last is the last to be forgotten.
    keys.set(keyId, local);
    for (;;) {
      const known = fromMemory(local, ports.now());
      if (known) return known;
      if (local.asking) {
        await local.asking;
        continue;
      }
      local.asking = ask(ports, local, keyId, holder, limits);
      try {
        return await local.asking;
      } finally {
        local.asking = undefined;
      }
    }
  };
}

function fromMemory(local: Local, now: number): Admission | undefined {
  if (local.calls > 0 && now < local.until) {
    local.calls -= 1;
    return { admitted: true };
  }
  if (now < local.emptyUntil) return { admitted: false, retryAfterMs: local.emptyUntil - now };
  return undefined;
}

/** Leases calls and spends the first of them. */
async function ask(
  ports: CallLimiterPorts,
  local: Local,
  keyId: string,
  holder: string,
  limits: CallLimits,
): Promise<Admission> {
  // The previous lease ends here; what is left of it must not be spent any more.
  local.calls = 0;
  for (let attempt = 0; attempt < MAX_TRIES; attempt += 1) {
    if (attempt > 0) await ports.pause(attempt);
    const stored = await ports.read(keyId);
    const now = ports.now();
    const answer = leaseCalls(stored ?? fullBudget(limits, now), holder, limits, now);
    if (answer.kind === 'empty') return refuse(local, answer.retryAfterMs, now);
    if (!(await ports.write(keyId, answer.budget, stored?.version ?? 0))) continue;
    local.calls = answer.lease.calls - 1;
    local.until = answer.lease.until - CLOCK_MARGIN_MS;
    return { admitted: true };
  }
  // This many instances at once are a flood; refusing keeps the limit.
  return refuse(local, 1, ports.now());
}

function refuse(local: Local, retryAfterMs: number, now: number): Admission {
  local.emptyUntil = now + retryAfterMs;
  return { admitted: false, retryAfterMs };
}
