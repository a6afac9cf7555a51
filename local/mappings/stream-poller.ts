import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBRecord } from 'aws-lambda';
import type { Faults } from '../faults/faults';
import { Throttled } from '../lambda/concurrency';
import type { FunctionHost } from '../lambda/function-host';
import type { Checkpoints } from './checkpoints';
import { compileFilters, type Filter } from './filter';
import { Gate } from './gate';
import type { MappingProperties } from './mapping-properties';
import type { Poller } from './poller';
import { outcomeOf, retryDelayMs, retrySize, sequenceOf } from './stream-batches';
import type { StreamReader } from './stream-reader';
import { toStreamRecord } from './stream-record';

/** Pause between two reads of an idle stream; a busy one is read without pause. */
const IDLE_MS = 60;
const SHARD_REFRESH_MS = 10_000;
const DEFAULT_BATCH_SIZE = 100;

export interface StreamPollerPorts {
  readonly mappingId: string;
  readonly reader: StreamReader;
  readonly host: FunctionHost;
  readonly properties: MappingProperties;
  readonly checkpoints: Checkpoints;
  readonly faults: Faults;
  /** Called with records that were given up. */
  readonly onFailure: (batch: readonly DynamoDBRecord[], reason: string) => Promise<void>;
  readonly log: (line: string) => void;
}

/** Takes the records of a table's stream, shard by shard and in order, for a function. */
export class StreamPoller implements Poller {
  readonly functionName: string;
  private readonly gate: Gate;
  private readonly filter: Filter;
  private readonly shards = new Map<string, { done: boolean }>();
  private readonly stopping = new AbortController();
  private readonly loop: Promise<unknown>;

  constructor(private readonly ports: StreamPollerPorts) {
    const { host, properties } = ports;
    this.functionName = host.config.name;
    this.gate = new Gate(properties.Enabled);
    this.filter = compileFilters((properties.FilterCriteria?.Filters ?? []).map(({ Pattern }) => Pattern));
    this.loop = this.followShards();
  }

  pause(): void {
    this.gate.close();
  }

  resume(): void {
    this.gate.open();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.gate.open();
    await this.loop;
  }

  private get stopped(): boolean {
    return this.stopping.signal.aborted;
  }

  /** Starts following every shard whose parent was read to its end. */
  private async followShards(): Promise<void> {
    const followed: Promise<void>[] = [];
    while (!this.stopped) {
      await this.attempt(async () => {
        for (const { ShardId = '', ParentShardId = '' } of await this.ports.reader.shards()) {
          if (this.shards.has(ShardId) || this.shards.get(ParentShardId)?.done === false) continue;
          this.shards.set(ShardId, { done: false });
          followed.push(this.followShard(ShardId));
        }
      });
      await this.pauseFor(SHARD_REFRESH_MS);
    }
    await Promise.all(followed);
  }

  private async followShard(shard: string): Promise<void> {
    let iterator: string | undefined;
    while (!this.stopped) {
      await this.gate.passed();
      await this.attempt(async () => {
        iterator ??= await this.openShard(shard);
        if (iterator === undefined) return;
        const page = await this.collect(iterator);
        // If a pause began while the batching window was open, it holds back what was collected, too.
        await this.gate.passed();
        // A page that is cut short by a failure is read again from the checkpoint.
        iterator = undefined;
        await this.handlePage(shard, page.records);
        iterator = page.next;
        if (iterator === undefined) this.shards.set(shard, { done: true });
        if (page.records.length === 0) await this.pauseFor(IDLE_MS);
      });
      if (this.shards.get(shard)?.done === true) return;
    }
  }

  /**
   * Reads a page, and after the first matching record whatever arrives within the batching window, up to a full batch.
   */
  private async collect(
    iterator: string,
  ): Promise<{ readonly records: DynamoDBRecord[]; readonly next: string | undefined }> {
    const { reader, properties } = this.ports;
    const records: DynamoDBRecord[] = [];
    let wanted = 0;
    let deadline: number | undefined;
    for (let from = iterator; ; await this.pauseFor(IDLE_MS)) {
      const page = await reader.page(from);
      const taken = page.records.map((record) => toStreamRecord(record, properties.EventSourceArn));
      records.push(...taken);
      wanted += taken.filter(this.filter).length;
      if (wanted > 0) deadline ??= Date.now() + 1000 * properties.MaximumBatchingWindowInSeconds;
      const complete = wanted >= this.batchSize || deadline === undefined || Date.now() >= deadline;
      if (complete || page.next === undefined || this.stopped) return { records, next: page.next };
      from = page.next;
    }
  }

  private get batchSize(): number {
    return this.ports.properties.BatchSize ?? DEFAULT_BATCH_SIZE;
  }

  private openShard(shard: string): Promise<string | undefined> {
    const { reader, properties, checkpoints, mappingId } = this.ports;
    return reader.iterator(shard, properties.StartingPosition, checkpoints.get(mappingId, shard));
  }

  private async handlePage(shard: string, records: readonly DynamoDBRecord[]): Promise<void> {
    const wanted = records.filter(this.filter);
    const size = this.batchSize;
    for (let at = 0; at < wanted.length && !this.stopped; at += size)
      await this.handleBatch(shard, wanted.slice(at, at + size));
    const last = records.at(-1);
    if (last !== undefined && !this.stopped) this.checkpoint(shard, last);
  }

  /** Tries a batch until it is done or given up, and moves the checkpoint along. */
  private async handleBatch(shard: string, batch: readonly DynamoDBRecord[]): Promise<void> {
    const { properties } = this.ports;
    let rest = batch;
    let size = batch.length;
    for (let attempt = 0; rest.length > 0 && !this.stopped; ) {
      const tried = rest.slice(0, this.ports.faults.cut?.(this.ports.host.service, size) ?? size);
      const outcome = await this.invoke(tried);
      if (this.stopped) return;
      if (outcome.kind === 'done' && (await this.comesAgain())) continue;
      const finished = outcome.kind === 'done' ? tried.length : outcome.from;
      const last = rest[finished - 1];
      if (last !== undefined) this.checkpoint(shard, last);
      rest = rest.slice(finished);
      attempt = finished > 0 ? 0 : attempt + 1;
      size =
        outcome.kind === 'done'
          ? rest.length
          : retrySize(tried.length - finished, properties.BisectBatchOnFunctionError);
      if (outcome.kind === 'retry' && this.exhausted(attempt, rest[0])) {
        await this.ports.onFailure(rest.slice(0, size), 'RetryAttemptsExhausted');
        rest = rest.slice(size);
        size = rest.length;
        attempt = 0;
      } else if (outcome.kind === 'retry') await this.pauseFor(retryDelayMs(attempt));
    }
  }

  /** A fault: the position after a handled batch is lost. */
  private async comesAgain(): Promise<boolean> {
    const pause = this.ports.faults.repeat?.(this.ports.host.service);
    if (pause !== undefined) await this.pauseFor(pause);
    return pause !== undefined && !this.stopped;
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
      if (!this.stopped) log(`A batch of ${batch.length} stream records failed: ${error}`);
      return { kind: 'retry', from: 0 } as const;
    }
  }

  /** Invokes the function. Throttles do not count as attempts: they end with the throttling, or when records are too old. */
  private async untilNotThrottled(batch: readonly DynamoDBRecord[]): Promise<unknown> {
    for (let throttles = 0; ; throttles += 1) {
      try {
        return await this.ports.host.invoke({ Records: batch });
      } catch (error) {
        if (!(error instanceof Throttled) || this.stopped || this.exhausted(0, batch[0])) throw error;
        await this.pauseFor(retryDelayMs(throttles));
      }
    }
  }

  private checkpoint(shard: string, record: DynamoDBRecord): void {
    this.ports.checkpoints.set(this.ports.mappingId, shard, sequenceOf(record));
  }

  /** If a stream cannot be read for a moment, it is read again; nothing is skipped. */
  private async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (this.stopped) return;
      this.ports.log(`The stream could not be read: ${error}`);
      await this.pauseFor(1_000);
    }
  }

  private async pauseFor(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.stopping.signal }).catch(() => {});
  }
}
