import {
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type Shard,
  type _Record as StreamRecord,
} from '@aws-sdk/client-dynamodb-streams';

/** Where to begin in a shard that has no checkpoint. */
export type StartingPosition = 'TRIM_HORIZON' | 'LATEST';

export interface StreamPage {
  readonly records: readonly StreamRecord[];
  /** Undefined at the end of a closed shard. */
  readonly next: string | undefined;
}

const PAGE_SIZE = 1000;

/** Reads one table's stream. */
export class StreamReader {
  constructor(
    private readonly client: DynamoDBStreamsClient,
    private readonly arn: string,
  ) {}

  /** The shards, parents before their children. */
  async shards(): Promise<readonly Shard[]> {
    const shards: Shard[] = [];
    let start: string | undefined;
    do {
      const page = await this.client.send(
        new DescribeStreamCommand({ StreamArn: this.arn, ExclusiveStartShardId: start }),
      );
      shards.push(...(page.StreamDescription?.Shards ?? []));
      start = page.StreamDescription?.LastEvaluatedShardId;
    } while (start !== undefined);
    return shards;
  }

  /**
   * An iterator after the checkpoint, or at the starting position; at the oldest record if the checkpoint no longer
   * exists.
   */
  async iterator(ShardId: string, position: StartingPosition, after: string | undefined): Promise<string | undefined> {
    const base = { StreamArn: this.arn, ShardId };
    const input: GetShardIteratorCommand['input'] =
      after === undefined
        ? { ...base, ShardIteratorType: position }
        : { ...base, ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: after };
    try {
      return (await this.client.send(new GetShardIteratorCommand(input))).ShardIterator;
    } catch (error) {
      if (after === undefined || !(error instanceof Error) || error.name !== 'TrimmedDataAccessException') throw error;
      return await this.iterator(ShardId, 'TRIM_HORIZON', undefined);
    }
  }

  async page(ShardIterator: string): Promise<StreamPage> {
    const { Records = [], NextShardIterator: next } = await this.client.send(
      new GetRecordsCommand({ ShardIterator, Limit: PAGE_SIZE }),
    );
    return { records: Records, next };
  }
}
