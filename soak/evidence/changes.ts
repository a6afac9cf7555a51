import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import {
  type AttributeValue,
  DynamoDBStreamsClient,
  type _Record as StreamRecord,
} from '@aws-sdk/client-dynamodb-streams';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { dynamoDbClient, STACK_CREDENTIALS } from '../../local/dynamodb/client';
import { StreamReader } from '../../local/mappings/stream-reader';
import { REGION } from '../../local/template/template';

export type Item = Readonly<Record<string, unknown>>;

/** One change of one item, as the table's stream tells it. */
export interface Change {
  /** Place in the stream, from 0. */
  readonly index: number;
  readonly pk: string;
  readonly sk: string;
  /** Undefined when the item was new. */
  readonly before: Item | undefined;
  /** Undefined when the item was removed. */
  readonly after: Item | undefined;
}

/** An open shard has a next page for ever: so many empty ones in a row are its end. */
const EMPTY_PAGES = 3;

/** Reads the whole stream of a table, from its first record on. */
export async function readChanges(endpoint: string, table: string): Promise<Change[]> {
  const client = new DynamoDBStreamsClient({ endpoint, region: REGION, credentials: STACK_CREDENTIALS });
  try {
    const reader = new StreamReader(client, await streamOf(endpoint, table));
    const records: StreamRecord[] = [];
    for (const { ShardId = '' } of await reader.shards()) records.push(...(await readShard(reader, ShardId)));
    return records.map(changeOf);
  } finally {
    client.destroy();
  }
}

async function streamOf(endpoint: string, table: string): Promise<string> {
  const client = dynamoDbClient(endpoint);
  const { Table } = await client.send(new DescribeTableCommand({ TableName: table }));
  client.destroy();
  return Table?.LatestStreamArn ?? '';
}

async function readShard(reader: StreamReader, shard: string): Promise<StreamRecord[]> {
  const records: StreamRecord[] = [];
  let iterator = await reader.iterator(shard, 'TRIM_HORIZON', undefined);
  for (let empty = 0; iterator !== undefined && empty < EMPTY_PAGES; ) {
    const page = await reader.page(iterator);
    records.push(...page.records);
    empty = page.records.length === 0 ? empty + 1 : 0;
    iterator = page.next;
  }
  return records;
}

function changeOf({ dynamodb }: StreamRecord, index: number): Change {
  const { Keys = {}, OldImage, NewImage } = dynamodb ?? {};
  const { pk, sk } = plain(Keys);
  return {
    index,
    pk: String(pk),
    sk: String(sk),
    before: OldImage && plain(OldImage),
    after: NewImage && plain(NewImage),
  };
}

const plain = (image: Record<string, AttributeValue>): Item => unmarshall(image);
