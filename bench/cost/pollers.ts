import type { BatchLimit } from '../../local/mappings/poller';
import type { Mappings } from '../meters/facts';

/** What arrives at a stack, steadily. */
export interface Load {
  /** Infinite where more arrives than is handled. */
  readonly eventsPerSecond: number;
  /** Events that one call publishes. */
  readonly atOnce: number;
  readonly deliveriesAnEvent: number;
  /** Attempts of each delivery. */
  readonly attempts: number;
  /** Stream records of an event and all that comes of it which the counters are told of. */
  readonly countedAnEvent: number;
  /** How long receivers take to answer, in milliseconds. */
  readonly answerMs: number;
}

/**
 * The shards that a new on-demand table's stream has.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html
 */
const SHARDS = 4;

/**
 * How often Lambda reads each shard in a second.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 */
const READS_A_SECOND = 4;

/**
 * Long polls that Lambda has waiting at a queue when it is not behind. With a maximum concurrency, as here, never fewer.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 */
export const WAITING = 5;

/** Batches that `deliver` handles side by side at most, in an account that has a hundred executions or more. */
const WORKERS = 50;

/** How long `deliver` takes for a batch besides waiting for the receivers, in milliseconds. */
const HANDLING_MS = 50;

/** How many records or messages batches have, on average: what `docs/benchmarks/pollers.md` describes. */
export interface BatchSizes {
  readonly route: number;
  readonly deliver: number;
  /** Events whose records make a batch of `aggregate`, with all that came of them. */
  readonly countedEvents: number;
  readonly countedRecords: number;
}

/**
 * How full AWS's pollers would make the batches.
 *
 * @param factor how far the model may be off: 0.5 makes all batches half as full
 */
export function batchSizes(load: Load, mappings: Mappings, factor = 1): BatchSizes {
  const { route, deliver, aggregate } = mappings;
  const routed = between(eventsOfShard(load, route.windowSeconds), route.batchSize);
  // A batch of `route` sends its messages together; a retry has a delay of its own and comes alone.
  const together = [(routed * load.deliveriesAnEvent) / WAITING, ...Array(load.attempts - 1).fill(1)];
  const sizes = together.map((share) => {
    return between(factor * between(Math.max(share, waitingMessages(load)), deliver.batchSize), deliver.batchSize);
  });
  const mostEvents = Math.max(1, aggregate.batchSize / load.countedAnEvent);
  const counted = between(eventsOfShard(load, aggregate.windowSeconds), mostEvents);
  const countedEvents = between(factor * counted, mostEvents);
  return {
    route: between(factor * routed, route.batchSize),
    deliver: load.attempts / sizes.reduce((batches, size) => batches + 1 / size, 0),
    countedEvents,
    countedRecords: Math.min(aggregate.batchSize, countedEvents * load.countedAnEvent),
  };
}

const between = (size: number, most: number): number => Math.min(most, Math.max(1, size));

/** Events that come to one shard while a batch is collected, or between two reads. */
function eventsOfShard({ eventsPerSecond, atOnce }: Load, windowSeconds: number): number {
  const collected = eventsPerSecond * Math.max(windowSeconds, 1 / READS_A_SECOND);
  return Math.max(collected, atOnce) / SHARDS;
}

/** Messages that arrive while all workers are busy, for each of them. */
function waitingMessages({ eventsPerSecond, deliveriesAnEvent, attempts, answerMs }: Load): number {
  const messagesPerSecond = eventsPerSecond * deliveriesAnEvent * attempts;
  return (messagesPerSecond * (answerMs + HANDLING_MS)) / 1000 / WORKERS;
}

/** Whole numbers that are `size` on average, each as near to it as can be. */
export function portions(size: number): () => number {
  let [given, taken] = [0, 0];
  return () => {
    given += size;
    const next = Math.max(1, Math.round(given - taken));
    taken += next;
    return next;
  };
}

/** Makes the local pollers hand out batches of some sizes. */
export class BatchLimits {
  private readonly next: Readonly<Record<string, () => number>>;
  private counted: number;

  constructor({ route, deliver, countedRecords }: BatchSizes) {
    this.counted = Math.round(countedRecords);
    this.next = { route: portions(route), deliver: portions(deliver), aggregate: () => this.counted };
  }

  /** Says how many records come together next that `aggregate` counts: no more of them make a batch. */
  expectCounted(records: number): void {
    this.counted = records;
  }

  readonly of: BatchLimit = (functionName) => this.next[functionName]?.() ?? Number.POSITIVE_INFINITY;
}
