import { type GuardedAgent, type GuardOptions, guardedAgent } from './guarded-connector';

/** A connection that nobody used for this long is closed, whatever the receiver would allow. */
const KEEP_ALIVE_MS = 4_000;

interface Kept {
  readonly agent: GuardedAgent;
  /** Exchanges in progress. */
  busy: number;
  /** When the last exchange ended, milliseconds since the epoch. */
  usedAt: number;
}

/**
 * A function instance's connections by origin, reused while they are warm.
 *
 * Between invocations Lambda freezes the instance, and with it the timers that close idle connections: after a pause a
 * pool may hold connections that their receiver gave up long ago, and a request on one of them fails although the
 * receiver is well. So the clock decides: whatever has been idle for too long is closed before anything is sent.
 */
export class ConnectionPools {
  readonly #pools = new Map<string, Kept>();

  constructor(
    private readonly options: Omit<GuardOptions, 'keepAliveMs'>,
    private readonly now: () => number,
  ) {}

  /** Runs `exchange` with the connections to the origin of a URL. */
  async use<Result>(url: URL, exchange: (agent: GuardedAgent) => Promise<Result>): Promise<Result> {
    this.#dropIdle();
    const kept = this.#open(url);
    kept.busy += 1;
    try {
      return await exchange(kept.agent);
    } finally {
      kept.busy -= 1;
      kept.usedAt = this.now();
    }
  }

  #open({ origin, protocol }: URL): Kept {
    const known = this.#pools.get(origin);
    if (known) return known;
    const agent = guardedAgent(protocol, { ...this.options, keepAliveMs: KEEP_ALIVE_MS });
    const kept = { agent, busy: 0, usedAt: this.now() };
    this.#pools.set(origin, kept);
    return kept;
  }

  #dropIdle(): void {
    const tooOld = this.now() - KEEP_ALIVE_MS;
    for (const [origin, { agent, busy, usedAt }] of this.#pools) {
      if (busy > 0 || usedAt > tooOld) continue;
      this.#pools.delete(origin);
      agent.destroy();
    }
  }
}
