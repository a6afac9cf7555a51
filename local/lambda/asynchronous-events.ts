import { Throttled } from './concurrency';

/** How often and for how long Lambda tries an event of its asynchronous queue. */
export interface AsynchronousPolicy {
  /** Tries after the first one in which the function failed; throttles do not count. */
  readonly retries: number;
  readonly maxAgeSeconds: number;
}

/** What a function has without an `AWS::Lambda::EventInvokeConfig`. */
export const USUAL_POLICY: AsynchronousPolicy = { retries: 2, maxAgeSeconds: 6 * 3600 };

export interface AsynchronousPorts {
  readonly functionName: string;
  readonly policy: AsynchronousPolicy;
  readonly invoke: (event: unknown) => Promise<unknown>;
  readonly log: (line: string) => void;
}

interface QueuedEvent {
  readonly event: unknown;
  /** Epoch milliseconds. */
  readonly since: number;
  readonly failures: number;
  readonly throttles: number;
}

const LONGEST_PAUSE_MS = 300_000;

/**
 * Lambda's queue of a function's asynchronous events. It takes an event at once and tries it later again if the function
 * fails: after one minute, then after two. A throttled event is tried again after a second, and then twice as long each time.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export class AsynchronousEvents {
  private readonly timers = new Set<NodeJS.Timeout>();
  private stopped = false;

  constructor(private readonly ports: AsynchronousPorts) {}

  /** Accepts an event; its failures are only logged. */
  add(event: unknown): void {
    void this.attempt({ event, since: Date.now(), failures: 0, throttles: 0 });
  }

  /** Forgets the events that wait for another try. */
  stop(): void {
    this.stopped = true;
    for (const timer of this.timers) clearTimeout(timer);
  }

  private async attempt(queued: QueuedEvent): Promise<void> {
    try {
      await this.ports.invoke(queued.event);
    } catch (error) {
      if (!this.stopped) this.tryAgain(queued, error);
    }
  }

  private tryAgain(queued: QueuedEvent, error: unknown): void {
    const { functionName, policy, log } = this.ports;
    const throttled = error instanceof Throttled;
    const pauseMs = throttled
      ? Math.min(LONGEST_PAUSE_MS, 1_000 * 2 ** queued.throttles)
      : 60_000 * (queued.failures + 1);
    const tooOld = Date.now() + pauseMs - queued.since > policy.maxAgeSeconds * 1_000;
    if (tooOld || (!throttled && queued.failures >= policy.retries))
      log(`An asynchronous event of ${functionName} was given up: ${error}`);
    else {
      log(`An asynchronous event of ${functionName} is tried again in ${pauseMs / 1_000} seconds: ${error}`);
      this.wait(
        pauseMs,
        throttled ? { ...queued, throttles: queued.throttles + 1 } : { ...queued, failures: queued.failures + 1 },
      );
    }
  }

  private wait(pauseMs: number, queued: QueuedEvent): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      void this.attempt(queued);
    }, pauseMs).unref();
    this.timers.add(timer);
  }
}
