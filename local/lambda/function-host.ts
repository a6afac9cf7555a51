import { setTimeout as sleep } from 'node:timers/promises';
import type { Faults } from '../faults/faults';
import { AsynchronousEvents } from './asynchronous-events';
import { type Concurrency, Throttled } from './concurrency';
import type { FunctionConfig } from './function-config';
import { FunctionError } from './function-error';
import { LogLines } from './log-lines';
import { FunctionWorker, type Usage } from './worker';

interface Invocation {
  readonly event: string;
  resolve(result: string): void;
  reject(error: unknown): void;
}

/** An event that a function has handled, and what it used. */
export interface HandledEvent extends Usage {
  readonly logicalId: string;
  /** JSON text. */
  readonly event: string;
}

/** Observes what functions do. */
export interface FunctionObserver {
  /** Receives every line that a function writes. */
  readonly line?: (functionName: string, line: string) => void;
  /** Called after every event, even if the function failed, but not if its process ended. */
  readonly handled?: (handled: HandledEvent) => void;
}

export interface FunctionPorts {
  readonly observer: FunctionObserver;
  readonly faults: Faults;
  /** Executions that the function may run, which it may share with others. */
  readonly concurrency: Concurrency;
  /** Receives what the stack says about its events. */
  readonly log: (line: string) => void;
}

/** How long spare workers may be idle; the last one stays. */
const IDLE_MS = 30_000;

/** How long running events may take to finish when the stack stops. */
const GRACE_MS = 2_000;

/**
 * Runs one function: events queue for a warm worker. While events wait, further workers are started one at a time,
 * because loading a bundle keeps a processor busy and the warm workers have often caught up by then.
 */
export class FunctionHost {
  readonly logs: LogLines;
  /** Takes events that nobody waits for. */
  readonly asynchronous: AsynchronousEvents;
  private readonly queue: Invocation[] = [];
  private readonly workers = new Set<FunctionWorker>();
  private readonly idle = new Map<FunctionWorker, NodeJS.Timeout>();
  private readonly running = new Set<Promise<void>>();
  private starting = false;
  private stopped = false;

  constructor(
    readonly config: FunctionConfig,
    private readonly ports: FunctionPorts,
  ) {
    this.logs = new LogLines((line) => ports.observer.line?.(config.name, line));
    this.asynchronous = new AsynchronousEvents({
      functionName: config.name,
      policy: config.asynchronous,
      invoke: (event) => this.invoke(event),
      log: ports.log,
    });
  }

  /** The name that the function has in the app, such as `deliver`. */
  get service(): string {
    return this.config.environment.POWERTOOLS_SERVICE_NAME ?? this.config.logicalId;
  }

  /** Workers that are handling an event. */
  busyWorkers(): readonly string[] {
    return [...this.workers].filter(({ event }) => event !== undefined).map(({ id }) => id);
  }

  /**
   * Handles one event.
   *
   * @returns what the handler returned, after a round trip through JSON
   * @throws FunctionError when it failed
   * @throws Throttled when too many run already
   */
  async invoke(event: unknown): Promise<unknown> {
    if (this.stopped) throw this.stopError();
    const { concurrency, faults } = this.ports;
    try {
      return JSON.parse(await concurrency.run(this.config.name, () => this.execute(JSON.stringify(event))));
    } catch (error) {
      if (error instanceof Throttled) faults.functionThrottled?.(this.service);
      throw error;
    }
  }

  /** Loads the bundle ahead of the first event. */
  async warm(): Promise<void> {
    if (this.workers.size > 0 || this.stopped) return;
    await this.startWorker().catch((error) => {
      // A worker that was stopped with the stack has not failed.
      if (!this.stopped) throw error;
    });
  }

  /** Kills all workers, like a crash: their events fail. */
  async killWorkers(): Promise<void> {
    for (const timer of this.idle.values()) clearTimeout(timer);
    this.idle.clear();
    await Promise.all([...this.workers].map((worker) => worker.terminate()));
  }

  /** Kills one worker, if it is still running, like a crash: its event fails. */
  async killWorker(id: string): Promise<void> {
    for (const worker of this.workers) if (worker.id === id) await worker.terminate();
  }

  /** Stops all workers for good. Waiting events fail; running ones get a moment to finish. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.asynchronous.stop();
    for (const { reject } of this.queue.splice(0)) reject(this.stopError());
    await Promise.race([Promise.allSettled(this.running), sleep(GRACE_MS, undefined, { ref: false })]);
    await this.killWorkers();
  }

  private execute(event: string): Promise<string> {
    return new Promise((resolve, reject) => {
      this.queue.push({ event, resolve, reject });
      this.next();
    });
  }

  private stopError(): FunctionError {
    return new FunctionError(this.config.name, { errorType: 'Stopped', errorMessage: 'The local stack has stopped' });
  }

  private next(): void {
    // The most recently busy worker comes first, so that spare ones stay idle and can end.
    for (const worker of [...this.idle.keys()].reverse()) {
      const invocation = this.queue.shift();
      if (invocation === undefined) return;
      void this.run(worker, invocation);
    }
    const wanted = this.queue.length > 0 && this.workers.size < this.config.workers;
    if (wanted && !this.starting) void this.startWorker().catch((error) => this.queue.shift()?.reject(error));
  }

  private async run(worker: FunctionWorker, { event, resolve, reject }: Invocation): Promise<void> {
    clearTimeout(this.idle.get(worker));
    this.idle.delete(worker);
    const onUsage = (usage: Usage) =>
      this.ports.observer.handled?.({ logicalId: this.config.logicalId, event, ...usage });
    const handled = worker.handle(event, onUsage).then(resolve, reject);
    this.running.add(handled);
    await handled;
    this.running.delete(handled);
    this.release(worker);
  }

  private async startWorker(): Promise<void> {
    this.starting = true;
    const worker: FunctionWorker = new FunctionWorker(this.config, this.logs, {
      ended: () => this.forget(worker),
      failed: (event, reason) =>
        this.ports.faults.workerEnded?.({ functionName: this.service, worker: worker.id, event, reason }),
    });
    this.workers.add(worker);
    try {
      await worker.ready();
    } finally {
      this.starting = false;
    }
    this.release(worker);
  }

  private release(worker: FunctionWorker): void {
    if (worker.alive && !this.stopped) {
      this.idle.set(worker, setTimeout(() => this.retire(worker), IDLE_MS).unref());
    }
    this.next();
  }

  private retire(worker: FunctionWorker): void {
    if (this.workers.size > 1) void worker.terminate();
  }

  private forget(worker: FunctionWorker): void {
    clearTimeout(this.idle.get(worker));
    this.idle.delete(worker);
    this.workers.delete(worker);
    if (!this.stopped) this.next();
  }
}
