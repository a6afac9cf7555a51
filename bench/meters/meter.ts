import type { Interceptor } from '../../local/calls/call';
import type { HandledEvent } from '../../local/lambda/function-host';
import { lineBytes, platformBytes } from './billed';
import { CapacityCounter, type Units } from './capacity';
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
}

/** Everything that AWS would bill for what was done since the meter was reset. */
export interface Reading {
  readonly functions: readonly FunctionReading[];
  readonly queueRequests: number;
  readonly schedules: number;
  readonly apiCalls: number;
  readonly logBytes: number;
}

/** Counts what AWS would bill, from the calls and invocations of a local stack. */
export class Meter {
  readonly capacity = new CapacityCounter();
  readonly queues = new QueueCounter();
  private readonly rounds = new RoundCounter();
  private invocations: Invocation[] = [];
  private written = 0;
  /** When a function handled something last, milliseconds since the epoch. */
  lastActive = Date.now();

  /**
   * @param receiverMs how long receivers take to answer
   */
  constructor(
    private readonly facts: readonly FunctionFacts[],
    private readonly receiverMs: number,
  ) {}

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
    if (invocation.trigger.kind === 'queue') this.queues.polled(invocation.trigger.bytes);
  };

  readonly line = (_name: string, line: string): void => {
    this.written += lineBytes(line);
  };

  /** Forgets what was counted so far. */
  reset(): void {
    this.capacity.reset();
    this.queues.reset();
    this.rounds.reset();
    this.invocations = [];
    this.written = 0;
  }

  /** Records or messages that a function has handled. */
  recordsOf(name: string): number {
    return this.facts.filter((one) => one.name === name).reduce((sum, facts) => sum + recordsIn(this.of(facts)), 0);
  }

  read(): Reading {
    const functions = this.facts.map((facts) => this.readFunction(facts));
    const platform = functions.reduce((sum, one) => sum + one.invocations * platformBytes(one.facts), 0);
    return {
      functions,
      queueRequests: this.queues.requests,
      schedules: this.queues.schedules,
      apiCalls: this.invocations.reduce(
        (sum, { trigger }) => sum + (trigger.kind === 'http' ? trigger.apiCalls : 0),
        0,
      ),
      logBytes: this.written + platform,
    };
  }

  private of({ logicalId }: FunctionFacts): readonly Invocation[] {
    return this.invocations.filter((one) => one.logicalId === logicalId);
  }

  private workOf(own: readonly Invocation[], { logicalId, name }: FunctionFacts): Work {
    return {
      cpuMs: own.map(({ cpuMs }) => cpuMs),
      rounds: this.rounds.of(logicalId) / own.length,
      receiverMs: name === 'deliver' ? this.receiverMs : 0,
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
    };
  }
}

function recordsIn(invocations: readonly Invocation[]): number {
  return invocations.reduce((sum, { trigger }) => {
    if (trigger.kind === 'queue') return sum + trigger.messages;
    return sum + (trigger.kind === 'stream' ? trigger.records : 1);
  }, 0);
}
