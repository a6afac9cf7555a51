import type { Destination } from '../../../lambdas/configuration/destination';
import type { Circuit } from '../../../lambdas/domain/breaker';
import type { BreakerNews, BreakerPorts } from '../../../lambdas/functions/deliver/breaker';
import type { CircuitAnswer } from '../../../lambdas/store/configuration/circuits';

/** Where a destination is kept: shared by all workers. */
export interface Shared {
  destination: Destination | undefined;
}

/** A worker's view of a breaker that is kept in memory, under the same conditions as in the table. */
export class MemoryCircuits implements BreakerPorts {
  /** How many writes were tried, and how many of them were made. */
  tried = 0;
  written = 0;
  readonly news: BreakerNews[] = [];
  readonly errors: unknown[] = [];
  /** What the worker's instance has cached; it reads the shared one again only where a test says so. */
  seen: Destination | undefined;
  #tokens = 0;

  constructor(
    private readonly shared: Shared,
    readonly now: () => number,
    private readonly name = 'worker',
  ) {}

  newToken = (): string => {
    this.#tokens += 1;
    return `${this.name}-${this.#tokens}`;
  };
  tell = (news: BreakerNews): void => void this.news.push(news);
  report = (error: unknown): void => void this.errors.push(error);
  lastSeen = async (): Promise<Destination | undefined> => this.seen;
  remember = (_: Destination, now: Destination | undefined): void => {
    this.seen = now;
  };

  countFailure = async (): Promise<CircuitAnswer> =>
    this.#write(undefined, (one) => ({ ...one, failures: (one.failures ?? 0) + 1 }));

  forgetFailures = async (): Promise<CircuitAnswer> => this.#write(undefined, ({ failures: _, ...one }) => one);

  openCircuit = async (_: Destination, circuit: Circuit, failures: number): Promise<CircuitAnswer> =>
    this.#write(undefined, (one) => ((one.failures ?? 0) >= failures ? { ...one, circuit } : undefined));

  changeCircuit = async (_: Destination, read: Circuit, circuit: Circuit, failures: number): Promise<CircuitAnswer> =>
    this.#write(read, (one) => ({ ...one, circuit, failures }));

  closeCircuit = async (_: Destination, read: Circuit, now: number): Promise<CircuitAnswer> =>
    this.#write(read, ({ circuit, failures, ...one }) => ({ ...one, drainingSince: now }));

  #write(read: Circuit | undefined, change: (one: Destination) => Destination | undefined): CircuitAnswer {
    this.tried += 1;
    const { destination } = this.shared;
    const stands = destination?.status === 'active' && destination.circuit?.token === read?.token;
    const changed = destination && stands ? change(destination) : undefined;
    if (!changed) return { kind: 'refused', destination };
    this.written += 1;
    this.shared.destination = changed;
    return { kind: 'done', destination: changed };
  }
}
