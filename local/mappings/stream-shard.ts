import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBRecord } from 'aws-lambda';
import type { Faults } from '../faults/faults';
import { Throttled } from '../lambda/concurrency';
import type { FunctionHost } from '../lambda/function-host';
import { Gate } from './gate';
import type { MappingProperties } from './mapping-properties';
import type { BatchLimit } from './poller';
import { isAfter } from './shard-split';
import { outcomeOf, retryDelayMs, retrySize, sequenceOf } from './stream-batches';

const DEFAULT_BATCH_SIZE = 100;

/** How often a batch that is being collected is looked at. */
const COLLECT_MS = 60;

export interface StreamShardPorts {
  readonly host: Pick<FunctionHost, 'config' | 'service' | 'invoke'>;
  readonly properties: MappingProperties;
  readonly faults: Faults;
  readonly batchLimit?: BatchLimit | undefined;
  /** Closed while the mapping is paused. */
  readonly gate: Gate;
  /** Aborts when the stack stops. */
  readonly stopping: AbortSignal;
  /** Called when the position has moved. */
  readonly moved: () => void;
  /** Called with records that were given up. */
  readonly onFailure: (batch: readonly DynamoDBRecord[], reason: string) => Promise<void>;
  readonly log: (line: string) => void;
}

/**
 * One shard of a stream for one function: takes its records in order, one batch at a time, while other shards take
 * theirs.
 */
export class StreamShard {
  private waiting: DynamoDBRecord[] = [];
  private readonly arrived = new Gate(false);
  /** Where the reader is: everything up to here is done or waiting. */
  private readTo: string | undefined;
  private readonly loop: Promise<void>;

  /** @param done the sequence number before which everything is done; undefined at the beginning */
  constructor(
    private readonly ports: StreamShardPorts,
    private done: string | undefined,
  ) {
    this.readTo = done;
    ports.stopping.addEventListener('abort', () => this.arrived.open(), { once: true });
    this.loop = this.run();
  }

  /** The sequence number before which everything is done. */
  get position(): string | undefined {
    return this.done;
  }

  /** How many records wait or are being handled. */
  get backlog(): number {
    return this.waiting.length;
  }

  /** Resolves when the shard has stopped. */
  get stopped(): Promise<void> {
    return this.loop;
  }

  /**
   * Takes over what the reader found; records that are done already are left out.
   *
   * @param records those of this shard that pass the filter
   * @param readTo how far the reader has got with them
   */
  add(records: readonly DynamoDBRecord[], readTo: string): void {
    this.waiting.push(...records.filter((record) => isAfter(sequenceOf(record), this.readTo)));
    if (isAfter(readTo, this.readTo)) this.readTo = readTo;
    if (this.waiting.length === 0) this.done = this.readTo;
    else this.arrived.open();
  }

  private get ended(): boolean {
    return this.ports.stopping.aborted;
  }

  private async run(): Promise<void> {
    while (!this.ended) {
      await this.arrived.passed();
      await this.ports.gate.passed();
      const size = await this.collected();
      // If a pause began while the batching window was open, it holds back what was collected, too.
      await this.ports.gate.passed();
      await this.handleBatch(this.waiting.slice(0, size));
      if (this.waiting.length === 0) this.arrived.close();
    }
  }

  /** Waits for a full batch or the end of the batching window; the number of records that make the batch. */
  private async collected(): Promise<number> {
    const { BatchSize = DEFAULT_BATCH_SIZE, MaximumBatchingWindowInSeconds: window } = this.ports.properties;
    const size = Math.min(BatchSize, this.ports.batchLimit?.(this.ports.host.service) ?? BatchSize);
    const deadline = Date.now() + 1000 * window;
    while (this.waiting.length < size && Date.now() < deadline && !this.ended) await this.pauseFor(COLLECT_MS);
    return size;
  }

  /** Tries a batch until it is done or given up, and moves the position along. */
  private async handleBatch(batch: readonly DynamoDBRecord[]): Promise<void> {
    const { properties } = this.ports;
    let rest = batch;
    let size = batch.length;
    for (let attempt = 0; rest.length > 0 && !this.ended; ) {
      const tried = rest.slice(0, this.ports.faults.cut?.(this.ports.host.service, size) ?? size);
      const outcome = await this.invoke(tried);
      if (this.ended) return;
      if (outcome.kind === 'done' && (await this.comesAgain())) continue;
      const finished = outcome.kind === 'done' ? tried.length : outcome.from;
      this.finish(finished);
      rest = rest.slice(finished);
      attempt = finished > 0 ? 0 : attempt + 1;
      size =
        outcome.kind === 'done'
          ? rest.length
          : retrySize(tried.length - finished, properties.BisectBatchOnFunctionError);
      if (outcome.kind === 'retry' && this.exhausted(attempt, rest[0])) {
        const given = rest.slice(0, size);
        await this.ports.onFailure(given, 'RetryAttemptsExhausted');
        this.finish(given.length);
        rest = rest.slice(size);
        size = rest.length;
        attempt = 0;
      } else if (outcome.kind === 'retry') await this.pauseFor(retryDelayMs(attempt));
    }
  }

  /** The first records that wait are done. Without any left, so is everything that was read. */
  private finish(count: number): void {
    const last = this.waiting.splice(0, count).at(-1);
    if (last === undefined) return;
    this.done = this.waiting.length === 0 ? this.readTo : sequenceOf(last);
    this.ports.moved();
  }

  /** A fault: the position after a handled batch is lost. */
  private async comesAgain(): Promise<boolean> {
    const pause = this.ports.faults.repeat?.(this.ports.host.service);
    if (pause !== undefined) await this.pauseFor(pause);
    return pause !== undefined && !this.ended;
  }

  private exhausted(attempt: number, record: DynamoDBRecord | undefined): boolean {
    const { MaximumRetryAttempts, MaximumRecordAgeInSeconds } = this.ports.properties;
    const created = record?.dynamodb?.ApproximateCreationDateTime ?? 0;
    const age = Date.now() / 1000 - created;
    const tooOld = MaximumRecordAgeInSeconds >= 0 && age > MaximumRecordAgeInSeconds;
    return tooOld || (MaximumRetryAttempts >= 0 && attempt > MaximumRetryAttempts);
  }

  private async invoke(batch: readonly DynamoDBRecord[]) {
    const { properties, log } = this.ports;
    try {
      const result = await this.untilNotThrottled(batch);
      const partial = properties.FunctionResponseTypes.includes('ReportBatchItemFailures');
      return outcomeOf(partial ? result : undefined, batch);
    } catch (error) {
      if (!this.ended) log(`A batch of ${batch.length} stream records failed: ${error}`);
      return { kind: 'retry', from: 0 } as const;
    }
  }

  /** Invokes the function. Throttles do not count as attempts: they end with the throttling, or when records are too old. */
  private async untilNotThrottled(batch: readonly DynamoDBRecord[]): Promise<unknown> {
    for (let throttles = 0; ; throttles += 1) {
      try {
        return await this.ports.host.invoke({ Records: batch });
      } catch (error) {
        if (!(error instanceof Throttled) || this.ended || this.exhausted(0, batch[0])) throw error;
        await this.pauseFor(retryDelayMs(throttles));
      }
    }
  }

  private async pauseFor(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.ports.stopping }).catch(() => {});
  }
}
