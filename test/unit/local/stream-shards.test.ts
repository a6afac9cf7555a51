import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { _Record as StreamRecord } from '@aws-sdk/client-dynamodb-streams';
import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { FunctionConfig } from '../../../local/lambda/function-config';
import { Checkpoints } from '../../../local/mappings/checkpoints';
import { mappingProperties } from '../../../local/mappings/mapping-properties';
import type { BatchLimit } from '../../../local/mappings/poller';
import { shardOf } from '../../../local/mappings/shard-split';
import { StreamPoller } from '../../../local/mappings/stream-poller';

const directory = mkdtempSync(join(tmpdir(), 'posthorn-shards-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
let files = 0;
const newFile = () => join(directory, `checkpoints-${files++}.json`);

/** The engine's only shard. */
class Stream {
  readonly records: StreamRecord[] = [];
  /** How many reads found something. */
  reads = 0;

  write(...keys: readonly string[]): void {
    for (const key of keys) {
      const SequenceNumber = String(this.records.length + 1);
      this.records.push({ eventName: 'INSERT', dynamodb: { SequenceNumber, Keys: { id: { S: key } } } });
    }
  }

  readonly shards = async () => [{ ShardId: 'engine' }];
  readonly iterator = async (_shard: string, _position: string, after = '0') => after;
  readonly page = async (iterator: string) => {
    const records = this.records.slice(Number(iterator), Number(iterator) + 10);
    if (records.length > 0) this.reads += 1;
    return { records, next: String(Number(iterator) + records.length) };
  };
}

const keyOf = (record: DynamoDBRecord) => record.dynamodb?.Keys?.id?.S ?? '';

/** A function that notes the keys of each batch, and takes as long as the test wants. */
class Watched {
  readonly batches: string[][] = [];
  busy = 0;
  mostBusy = 0;
  readonly config = { name: 'watched' } as FunctionConfig;
  readonly service = 'watched';

  constructor(private readonly work: (keys: readonly string[]) => Promise<unknown> = async () => null) {}

  readonly invoke = async (event: unknown) => {
    const keys = (event as DynamoDBStreamEvent).Records.map(keyOf);
    this.busy += 1;
    this.mostBusy = Math.max(this.mostBusy, this.busy);
    const result = await this.work(keys).finally(() => {
      this.busy -= 1;
    });
    this.batches.push(keys);
    return result;
  };

  get handled(): string[] {
    return this.batches.flat();
  }
}

const pollers: StreamPoller[] = [];
afterEach(async () => {
  const ended = Promise.all(pollers.splice(0).map((poller) => poller.stop()));
  release();
  await ended;
});

function poll(
  stream: Stream,
  host: Watched,
  { file = newFile(), BatchSize = 10, batchLimit }: { file?: string; BatchSize?: number; batchLimit?: BatchLimit } = {},
) {
  const properties = mappingProperties.parse({ EventSourceArn: 'arn', FunctionName: 'watched', BatchSize });
  const checkpoints = new Checkpoints(file, 4);
  const common = { hashKey: 'id', properties, checkpoints, faults: {}, log: () => {}, onFailure: async () => {} };
  const poller = new StreamPoller({ ...common, mappingId: 'mapping', reader: stream, host, batchLimit });
  pollers.push(poller);
  return { poller, checkpoints };
}

const eventually = (found: () => unknown) => expect.poll(found, { timeout: 5_000, interval: 10 });

/** One key of each of the four shards. */
const [A = '', B = '', C = '', D = ''] = [0, 1, 2, 3].map((shard) => {
  const keys = Array.from({ length: 100 }, (_, index) => `key-${index}`);
  const record = (key: string) => ({ dynamodb: { Keys: { id: { S: key } } } });
  return keys.find((key) => shardOf(record(key), { hashKey: 'id', shards: 4 }) === shard);
});

/** A batch that lasts until the test is over. */
let release: () => void = () => {};
const untilReleased = () =>
  new Promise<void>((resolve) => {
    release = resolve;
  });

describe('a stream that is split into shards', () => {
  it('has batches of different shards handled side by side, each of records of one shard', async () => {
    const stream = new Stream();
    const host = new Watched(async () => new Promise((resolve) => setTimeout(resolve, 50)));
    stream.write(A, B, C, D, A, B, C, D);
    poll(stream, host);
    await eventually(() => host.batches.toSorted()).toEqual([A, B, C, D].map((key) => [key, key]).toSorted());
    expect(host.mostBusy).toBe(4);
  });

  it('keeps the order of each shard', async () => {
    const stream = new Stream();
    const host = new Watched(async () => new Promise((resolve) => setTimeout(resolve, Math.random() * 5)));
    const keys = Array.from({ length: 60 }, (_, index) => `key-${index % 13}`);
    stream.write(...keys);
    const sequences: string[] = [];
    const { invoke } = host;
    const watching = Object.assign(host, {
      invoke: async (event: unknown) => {
        const { Records } = event as DynamoDBStreamEvent;
        for (const record of Records) sequences.push(`${keyOf(record)} ${record.dynamodb?.SequenceNumber}`);
        return invoke(event);
      },
    });
    poll(stream, watching, { BatchSize: 3 });
    await eventually(() => host.handled.length).toBe(60);
    for (const key of new Set(keys)) {
      const own = sequences.filter((text) => text.startsWith(`${key} `)).map((text) => Number(text.split(' ')[1]));
      expect(own).toEqual(own.toSorted((a, b) => a - b));
    }
  });

  it('hands out batches as small as it is told to, however much waits', async () => {
    const stream = new Stream();
    const host = new Watched();
    stream.write(A, A, A, A, A);
    const sizes = [2, 1, 2];
    poll(stream, host, { batchLimit: (name) => (name === 'watched' ? (sizes.shift() ?? 9) : 0) });
    await eventually(() => host.batches).toEqual([[A, A], [A], [A, A]]);
  });

  it('goes on in other shards while one is stuck', async () => {
    const stream = new Stream();
    const host = new Watched((keys) => (keys.includes(A) ? untilReleased() : Promise.resolve(null)));
    stream.write(A);
    poll(stream, host);
    for (let round = 1; round <= 5; round += 1) {
      stream.write(A, B);
      await eventually(() => host.handled.filter((key) => key === B).length).toBe(round);
    }
    expect(host.handled).not.toContain(A);
  });

  it('reads the engine once for all shards', async () => {
    const stream = new Stream();
    const host = new Watched();
    stream.write(A, B, C, D);
    poll(stream, host);
    await eventually(() => host.handled.length).toBe(4);
    expect(stream.reads).toBe(1);
  });

  it('takes up each shard where it was after a restart, and repeats what was not done', async () => {
    const [stream, file] = [new Stream(), newFile()];
    const first = new Watched((keys) => (keys.includes(A) ? untilReleased() : Promise.resolve(null)));
    stream.write(B, A, B, C);
    const { poller } = poll(stream, first, { file });
    await eventually(() => first.handled.toSorted()).toEqual([B, B, C].toSorted());
    const ended = poller.stop();
    release();
    await ended;

    stream.write(B, A, D);
    const second = new Watched();
    poll(stream, second, { file });
    await eventually(() => second.handled.toSorted()).toEqual([A, A, B, D].toSorted());
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(second.handled).toHaveLength(4);
  });

  it('reads nothing again after a restart when everything was done, however idle a shard was', async () => {
    const [stream, file] = [new Stream(), newFile()];
    stream.write(A, B);
    const first = new Watched();
    poll(stream, first, { file });
    await eventually(() => first.handled.length).toBe(2);
    await Promise.all(pollers.splice(0).map((poller) => poller.stop()));
    const checkpoints = new Checkpoints(file, 4);
    expect([0, 1, 2, 3].map((index) => checkpoints.get('mapping', `engine-${index}`))).toEqual(['2', '2', '2', '2']);
  });

  it('stays in the number of shards that its positions were kept in', async () => {
    const file = newFile();
    new Checkpoints(file, 2).set('mapping', [['engine-0', '7']]);
    expect(new Checkpoints(file, 4).shards).toBe(2);
    const older = newFile();
    writeFileSync(older, JSON.stringify({ 'mapping engine': '7' }));
    const checkpoints = new Checkpoints(older, 4);
    expect([checkpoints.shards, checkpoints.get('mapping', 'engine')]).toEqual([1, '7']);
  });
});
