import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { CreateTableCommand, PutItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dynamoDbClient, STACK_CREDENTIALS } from '../../../local/dynamodb/client';
import { type DynamoDbServer, startDynamoDb } from '../../../local/dynamodb/server';
import { REGION } from '../../../local/template/template';

const TableName = 'Long';
const scratch = () =>
  readdirSync(existsSync('/dev/shm') ? '/dev/shm' : tmpdir()).filter((name) => name.startsWith('posthorn-table-'));

let server: DynamoDbServer;
let tables: ReturnType<typeof dynamoDbClient>;
let streams: DynamoDBStreamsClient;

beforeAll(async () => {
  server = await startDynamoDb(undefined, () => {});
  tables = dynamoDbClient(server.endpoint);
  streams = new DynamoDBStreamsClient({ endpoint: server.endpoint, region: REGION, credentials: STACK_CREDENTIALS });
  await tables.send(
    new CreateTableCommand({
      TableName,
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    }),
  );
});

afterAll(async () => {
  tables.destroy();
  streams.destroy();
  await server.stop();
});

let items = 0;
const item = () => ({ pk: { S: `item ${items++}` }, text: { S: 'x'.repeat(1000) } });

const writeMany = () =>
  tables.send(
    new TransactWriteItemsCommand({
      TransactItems: Array.from({ length: 100 }, () => ({ Put: { TableName, Item: item() } })),
    }),
  );

/** The shortest of many: others have met the rest of the machine. */
async function shortest(act: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let pass = 0; pass < 80; pass += 1) {
    const began = performance.now();
    await act();
    times.push(performance.now() - began);
  }
  return Math.min(...times);
}

async function readingTheEnd(): Promise<number> {
  const { Streams = [] } = await streams.send(new ListStreamsCommand({}));
  const StreamArn = Streams[0]?.StreamArn;
  const ShardId = `shardId-00000001-${TableName}`;
  const input = { StreamArn, ShardId, ShardIteratorType: 'LATEST' } as const;
  const { ShardIterator } = await streams.send(new GetShardIteratorCommand(input));
  return shortest(() => streams.send(new GetRecordsCommand({ ShardIterator })));
}

const writing = () => shortest(() => tables.send(new PutItemCommand({ TableName, Item: item() })));

it('writes and reads its end as fast when it is long as when it was short', async () => {
  const short = { write: await writing(), read: await readingTheEnd() };
  for (let transaction = 0; transaction < 80; transaction += 1) await writeMany();
  const long = { write: await writing(), read: await readingTheEnd() };
  expect(long.read / short.read).toBeLessThan(3);
  expect(long.write / short.write).toBeLessThan(3);
});

it('leaves no file behind when it was not told where to keep the table', async () => {
  const before = scratch();
  const other = await startDynamoDb(undefined, () => {});
  // Those of other stacks may come and go meanwhile.
  const made = scratch().filter((name) => !before.includes(name));
  await other.stop();
  expect(made.length).toBeGreaterThan(0);
  expect(scratch()).not.toEqual(expect.arrayContaining(made));
});
