import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBRecord } from 'aws-lambda';
import type { Faults } from '../faults/faults';
import type { FunctionHost } from '../lambda/function-host';
import type { Checkpoints } from './checkpoints';
import { compileFilters, type Filter } from './filter';
import { Gate } from './gate';
import type { MappingProperties } from './mapping-properties';
import type { BatchLimit, Poller } from './poller';
import { earliest, shardOf } from './shard-split';
import { sequenceOf } from './stream-batches';
import type { StreamReader } from './stream-reader';
import { toStreamRecord } from './stream-record';
import { StreamShard } from './stream-shard';

/** Pause between two reads of an idle stream; a busy one is read without pause. */
const IDLE_MS = 60;
const SHARD_REFRESH_MS = 10_000;
/** So many records may wait: a shard that is stuck holds the others up only when it has so many behind it. */
const MOST_WAITING = 10_000;

export interface StreamPollerPorts {
  readonly mappingId: string;
  readonly reader: Pick<StreamReader, 'shards' | 'iterator' | 'page'>;
  /** Name of the table's partition key, which decides about a record's shard. */
  readonly hashKey: string;
  readonly host: Pick<FunctionHost, 'config' | 'service' | 'invoke'>;
  readonly properties: MappingProperties;
  readonly checkpoints: Checkpoints;
  readonly faults: Faults;
  readonly batchLimit?: BatchLimit | undefined;
  /** Called with records that were given up. */
  readonly onFailure: (batch: readonly DynamoDBRecord[], reason: string) => Promise<void>;
  readonly log: (line: string) => void;
}

/** Reads a table's stream and splits it into shards, whose batches a function handles side by side. */
export class StreamPoller implements Poller {
  readonly functionName: string;
  private readonly gate: Gate;
  private readonly filter: Filter;
  private readonly followed = new Map<string, { done: boolean }>();
  private readonly stopping = new AbortController();
  private readonly loop: Promise<unknown>;

  constructor(private readonly ports: StreamPollerPorts) {
    // Each of its shards listens, and each pause.
    setMaxListeners(0, this.stopping.signal);
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

  /** Starts following every shard of the engine whose parent is done. */
  private async followShards(): Promise<void> {
    const followed: Promise<void>[] = [];
    while (!this.stopped) {
      await this.attempt(async () => {
        for (const { ShardId = '', ParentShardId = '' } of await this.ports.reader.shards()) {
          if (this.followed.has(ShardId) || this.followed.get(ParentShardId)?.done === false) continue;
          const state = { done: false };
          this.followed.set(ShardId, state);
          followed.push(this.follow(ShardId, state));
        }
      });
      await this.pauseFor(SHARD_REFRESH_MS);
    }
    await Promise.all(followed);
  }

  /** Reads a shard of the engine once, for all the shards that it is split into. */
  private async follow(engineShard: string, state: { done: boolean }): Promise<void> {
    const shards = this.split(engineShard);
    let readTo = earliest([...shards.values()].map(({ position }) => position));
    let iterator: string | undefined;
    for (let ended = false; !this.stopped && !state.done; ) {
      await this.gate.passed();
      await this.attempt(async () => {
        const from = iterator ?? (await this.open(engineShard, readTo));
        // A page that cannot be read is read again from where the last one ended.
        iterator = undefined;
        if (from === undefined) return;
        const { records, next } = await this.ports.reader.page(from);
        readTo = this.hand(shards, records.map(this.toRecord)) ?? readTo;
        iterator = next;
        ended = next === undefined;
        if (records.length === 0) await this.pauseFor(IDLE_MS);
      });
      while (!this.stopped && backlogOf(shards) > (ended ? 0 : MOST_WAITING)) await this.pauseFor(IDLE_MS);
      state.done = ended;
    }
    if (this.stopped) await Promise.all([...shards.values()].map((shard) => shard.stopped));
  }

  private split(engineShard: string): ReadonlyMap<string, StreamShard> {
    const { mappingId, checkpoints } = this.ports;
    const names = Array.from({ length: checkpoints.shards }, (_, index) =>
      checkpoints.shards === 1 ? engineShard : `${engineShard}-${index}`,
    );
    const shards = new Map<string, StreamShard>();
    const ports = { ...this.ports, gate: this.gate, stopping: this.stopping.signal, moved: () => this.keep(shards) };
    for (const name of names) shards.set(name, new StreamShard(ports, checkpoints.get(mappingId, name)));
    return shards;
  }

  /** Gives each shard its records; where the last one of all is. */
  private hand(shards: ReadonlyMap<string, StreamShard>, records: readonly DynamoDBRecord[]): string | undefined {
    const last = records.at(-1);
    if (last === undefined) return undefined;
    const split = { hashKey: this.ports.hashKey, shards: shards.size };
    const wanted = records.filter(this.filter).map((record) => ({ record, shard: shardOf(record, split) }));
    for (const [index, shard] of [...shards.values()].entries()) {
      const own = wanted.filter((one) => one.shard === index).map(({ record }) => record);
      shard.add(own, sequenceOf(last));
    }
    this.keep(shards);
    return sequenceOf(last);
  }

  private keep(shards: ReadonlyMap<string, StreamShard>): void {
    const positions = [...shards].flatMap(([name, { position }]) =>
      position === undefined ? [] : [[name, position] as const],
    );
    this.ports.checkpoints.set(this.ports.mappingId, positions);
  }

  private readonly toRecord = (record: Parameters<typeof toStreamRecord>[0]): DynamoDBRecord =>
    toStreamRecord(record, this.ports.properties.EventSourceArn);

  private open(shard: string, after: string | undefined): Promise<string | undefined> {
    const { reader, properties } = this.ports;
    return reader.iterator(shard, properties.StartingPosition, after);
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

const backlogOf = (shards: ReadonlyMap<string, StreamShard>): number =>
  [...shards.values()].reduce((sum, { backlog }) => sum + backlog, 0);
