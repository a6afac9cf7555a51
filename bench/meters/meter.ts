import type { Interceptor } from '../../local/calls/call';
import type { HandledEvent } from '../../local/lambda/function-host';
import { lineBytes, metricsIn, platformBytes } from './billed';
import { CapacityCounter, type Units, type Use } from './capacity';
import { lambdaDuration, type Work } from './duration';
import type { FunctionFacts } from './facts';
import { type Invocation, readInvocation } from './invocations';
import { quantile } from './quantile';
import { QueueCounter } from './queues';
import { RoundCounter } from './rounds';

/** What one function did. */
export interface FunctionReading {
  readonly facts: FunctionFacts;
  readonly invocations: number;
  /** What one invocation would last on Lambda, in milliseconds. */
  readonly durationMs: number;
  /** What it lasted here: the middle of all. */
  readonly hereMs: number;
  /** Processor time of all, in milliseconds. */
  readonly cpuMs: number;
  /** Records or messages in all its invocations. */
  readonly records: number;
  readonly units: Units;
  readonly indexWrites: number;
  /** Where the units went. */
  readonly uses: readonly Use[];
  /** Bytes of what it and Lambda wrote, as CloudWatch bills them. */
  readonly logBytes: number;
}

/** Everything that AWS would bill for what was done since the meter was reset. */
export interface Reading {
  readonly functions: readonly FunctionReading[];
  /** By operation. */
  readonly queueRequests: Readonly<Record<string, number>>;
  readonly schedules: number;
  readonly apiCalls: number;
  /** Names of the metrics that functions count themselves. */
  readonly metrics: readonly string[];
}

/** Counts what AWS would bill, from the calls and invocations of a local stack. */
export class Meter {
  readonly capacity = new CapacityCounter();
  readonly queues = new QueueCounter();
  private readonly rounds = new RoundCounter();
  private invocations: Invocation[] = [];
  private readonly written = new Map<string, number>();
  private readonly metrics = new Set<string>();
  /** When a function handled something last, milliseconds since the epoch. */
  lastActive = Date.now();

  /** How long receivers take to answer, in milliseconds. */
  receiverMs = 0;

  constructor(private readonly facts: readonly FunctionFacts[]) {}

  /** Give these to the stack. */
  readonly interceptors: readonly Interceptor[] = [
    this.rounds.intercept,
    this.capacity.intercept,
    this.queues.intercept,
  ];

  readonly handled = (event: HandledEvent): void => {
    const invocation = readInvocation(event);
    this.lastActive = Date.now();
    this.invocations.push(invocation);
    // What comes again is a dying message, which stays in the queue until SQS itself moves it.
    if (invocation.trigger.kind === 'queue') this.queues.polled(invocation.trigger.bytes, sends(invocation));
  };

  readonly line = (name: string, line: string): void => {
    this.written.set(name, (this.written.get(name) ?? 0) + lineBytes(line));
    for (const metric of metricsIn(line)) this.metrics.add(metric);
  };

  /** Forgets what was counted so far. */
  reset(): void {
    this.capacity.reset();
    this.queues.reset();
    this.rounds.reset();
    this.invocations = [];
    this.written.clear();
    this.metrics.clear();
  }

  /** Records or messages that a function has handled. */
  recordsOf(name: string): number {
    return this.facts.filter((one) => one.name === name).reduce((sum, facts) => sum + recordsIn(this.of(facts)), 0);
  }

  read(): Reading {
    return {
      functions: this.facts.map((facts) => this.readFunction(facts)),
      queueRequests: this.queues.requests,
      schedules: this.queues.schedules,
      apiCalls: this.invocations.reduce(
        (sum, { trigger }) => sum + (trigger.kind === 'http' ? trigger.apiCalls : 0),
        0,
      ),
      metrics: [...this.metrics],
    };
  }

  /** The local stack names functions by stack and logical id. */
  private writtenBy({ logicalId }: FunctionFacts): number {
    return [...this.written].reduce((sum, [name, bytes]) => sum + (name.endsWith(`-${logicalId}`) ? bytes : 0), 0);
  }

  private of({ logicalId }: FunctionFacts): readonly Invocation[] {
    return this.invocations.filter((one) => one.logicalId === logicalId);
  }

  private workOf(own: readonly Invocation[], { logicalId }: FunctionFacts): Work {
    return {
      cpuMs: own.map(({ cpuMs }) => cpuMs),
      rounds: this.rounds.of(logicalId) / own.length,
      receiverMs: this.receiverMs * (own.filter(sends).length / own.length),
    };
  }

  private readFunction(facts: FunctionFacts): FunctionReading {
    const own = this.of(facts);
    return {
      facts,
      invocations: own.length,
      durationMs: lambdaDuration(this.workOf(own, facts), facts),
      hereMs: quantile(
        own.map(({ durationMs }) => durationMs),
        0.5,
      ),
      cpuMs: own.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
      records: recordsIn(own),
      units: this.capacity.unitsOf(facts.logicalId.toLowerCase()),
      indexWrites: this.capacity.indexWritesOf(facts.logicalId.toLowerCase()),
      uses: this.capacity.usesOf(facts.logicalId),
      logBytes: this.writtenBy(facts) + own.length * platformBytes(facts),
    };
  }
}

/** Whether it waits for a receiver. */
function sends({ trigger }: Invocation): boolean {
  return trigger.kind === 'queue' && trigger.fresh > 0;
}

function recordsIn(invocations: readonly Invocation[]): number {
  return invocations.reduce((sum, { trigger }) => {
    if (trigger.kind === 'queue') return sum + trigger.messages;
    return sum + (trigger.kind === 'stream' ? trigger.records : 1);
  }, 0);
}
