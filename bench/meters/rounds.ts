import type { Interceptor } from '../../local/calls/call';

/**
 * Counts how often functions wait for AWS: calls that are under way side by side are one wait. It tells how long an
 * invocation would wait on AWS, where this machine's own speed tells nothing.
 */
export class RoundCounter {
  private readonly underWay = new Map<string, number>();
  private readonly rounds = new Map<string, number>();

  /** Give this to the stack. */
  readonly intercept: Interceptor = async (call, forward) => {
    const { caller } = call;
    if (caller.kind !== 'function') return forward(call);
    this.add(caller.worker, 1, caller.logicalId);
    try {
      return await forward(call);
    } finally {
      this.add(caller.worker, -1, caller.logicalId);
    }
  };

  /** Waits of all workers of a function. */
  of(logicalId: string): number {
    return this.rounds.get(logicalId) ?? 0;
  }

  reset(): void {
    this.rounds.clear();
  }

  private add(worker: string, change: 1 | -1, logicalId: string): void {
    const before = this.underWay.get(worker) ?? 0;
    this.underWay.set(worker, before + change);
    if (before === 0 && change === 1) this.rounds.set(logicalId, this.of(logicalId) + 1);
  }
}
