import type { SQSRecord } from 'aws-lambda';
import type { Throttled } from '../dynamodb/throttle';

/** A part of a batch, and how many milliseconds after its receipt the function gets it. */
export interface Portion<Item> {
  readonly afterMs: number;
  readonly items: readonly Item[];
}

/** A worker that ended in the middle of an event, for whatever reason. */
export interface WorkerEnd {
  readonly functionName: string;
  readonly worker: string;
  /** The event that it was handling, as JSON text. */
  readonly event: string;
  readonly reason: string;
}

/**
 * What may go wrong on AWS, on demand. Each hook decides when it is called; without hooks nothing is disturbed. Nothing
 * here is impossible on AWS: queues deliver at least once and in any order, streams repeat batches and cut them
 * differently, schedules fire at least once and late.
 */
export interface Faults {
  /** How a batch of messages reaches its function: in parts, reordered, late, a message twice. */
  messages?(functionName: string, batch: readonly SQSRecord[]): readonly Portion<SQSRecord>[];
  /** How many of the next records of a stream make a batch: 1 to `size`. */
  cut?(functionName: string, size: number): number;
  /**
   * Whether a handled batch of a stream is repeated from its first record on, as when a poller loses its position:
   * after this many milliseconds, or not at all.
   */
  repeat?(functionName: string): number | undefined;
  /** When a due one-time schedule starts its target: delays in milliseconds, one for each start. */
  starts?(scheduleName: string): readonly number[];
  /** Called for every invocation that was throttled. */
  functionThrottled?(functionName: string): void;
  /** The time by which messages expire, in milliseconds since the epoch: it may run ahead of the machine's. */
  messageTime?(): number;
  /** Called for every message that expired before anybody deleted it. */
  messageExpired?(queueName: string, body: string): void;
  /** Called for every call that met a partition of the table or an index that takes no more just now. */
  partitionThrottled?(what: Throttled): void;
  /** Called for every worker that ends in the middle of an event. */
  workerEnded?(end: WorkerEnd): void;
}
