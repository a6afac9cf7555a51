import type { SQSRecord } from 'aws-lambda';

/** A part of a batch, and how long after its receipt the function gets it, in milliseconds. */
export interface Portion<Item> {
  readonly afterMs: number;
  readonly items: readonly Item[];
}

/** A worker that ended in the middle of an event, whatever ended it. */
export interface WorkerEnd {
  readonly functionName: string;
  readonly worker: string;
  /** The event that it was handling, as JSON text. */
  readonly event: string;
  readonly reason: string;
}

/**
 * What may go wrong on AWS, on demand. Each hook is asked when its turn comes, and decides; without hooks nothing is
 * disturbed. Nothing here is possible locally and impossible on AWS: queues deliver at least once and in any order, streams
 * hand out a batch again and cut it anew, schedules fire at least once and late.
 */
export interface Faults {
  /** How a batch of messages reaches its function: in parts, in another order, late, a message twice. */
  messages?(functionName: string, batch: readonly SQSRecord[]): readonly Portion<SQSRecord>[];
  /** How many of the next records of a stream make a batch: 1 to `size`. */
  cut?(functionName: string, size: number): number;
  /**
   * Whether a batch of a stream that was handled comes again from its first record on, as when a poller loses its
   * position: after so many milliseconds, or not at all.
   */
  repeat?(functionName: string): number | undefined;
  /** When a one-time schedule that is due starts its target: pauses in milliseconds, one for each start. */
  starts?(scheduleName: string): readonly number[];
  /** Told of every worker that ends in the middle of an event. */
  workerEnded?(end: WorkerEnd): void;
}
