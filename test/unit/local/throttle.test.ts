import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startCallProxy } from '../../../local/calls/proxy';
import { startDynamoDb } from '../../../local/dynamodb/server';
import { deployTables, tableKeys } from '../../../local/dynamodb/tables';
import { Throttle, type Throttled } from '../../../local/dynamodb/throttle';
import { Teardown } from '../../../local/teardown';
import { loadAssembly } from '../../../local/template/assembly';
import { Deployment } from '../../../local/template/deployment';
import { writeFixtureAssembly } from './fixture-assembly';

const TableName = 'Fixture-Indexed';
const schema = (hash: string) => [{ AttributeName: hash, KeyType: 'HASH' }];
const INDEXED = {
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    KeySchema: schema('pk'),
    AttributeDefinitions: ['pk', 'holder'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    GlobalSecondaryIndexes: [
      { IndexName: 'by-holder', KeySchema: schema('holder'), Projection: { ProjectionType: 'KEYS_ONLY' } },
    ],
  },
};

const teardown = new Teardown();
let client: DynamoDBClient;
let now = 0;
let throttled: Omit<Throttled, 'call'>[] = [];

beforeAll(async () => {
  const fixture = writeFixtureAssembly({ Indexed: INDEXED });
  teardown.add(() => fixture.remove());
  const deployment = new Deployment(loadAssembly(fixture.directory));
  const engine = await startDynamoDb(undefined, () => {});
  teardown.add(() => engine.stop());
  await deployTables(deployment, engine.endpoint);
  const note = ({ call, ...what }: Throttled) => void throttled.push(what);
  const throttle = new Throttle(tableKeys(deployment), { read: 3, write: 3 }, note, () => now);
  const interceptors = [throttle.intercept];
  const common = { service: 'dynamodb' as const, functions: new Set<string>(), log: () => {} };
  const proxy = await startCallProxy({ ...common, engine: engine.endpoint, interceptors });
  teardown.add(() => proxy.stop());
  client = new DynamoDBClient({
    endpoint: proxy.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
  });
});

afterAll(async () => {
  client.destroy();
  await teardown.run();
});

beforeEach(() => {
  throttled = [];
  // Every bucket is full again.
  now += 60_000;
});

const itemOf = (pk: string, holder?: string) => ({
  pk: { S: pk },
  ...(holder !== undefined && { holder: { S: holder } }),
});
const put = (pk: string, holder?: string) => client.send(new PutItemCommand({ TableName, Item: itemOf(pk, holder) }));
const read = (pk: string) =>
  client.send(new GetItemCommand({ TableName, Key: { pk: { S: pk } }, ConsistentRead: true }));
const update = (pk: string, holder: string) =>
  client.send(
    new UpdateItemCommand({
      TableName,
      Key: { pk: { S: pk } },
      UpdateExpression: 'SET #holder = :holder',
      ExpressionAttributeNames: { '#holder': 'holder' },
      ExpressionAttributeValues: { ':holder': { S: holder } },
    }),
  );

const exceeded = (reason: string, resource = expect.any(String)) => ({
  name: 'ProvisionedThroughputExceededException',
  ThrottlingReasons: [{ reason, resource }],
});

async function times(count: number, act: (index: number) => Promise<unknown>): Promise<void> {
  for (let index = 0; index < count; index += 1) await act(index);
}

describe('a partition', () => {
  it('of the table takes so many writes a second, and others are not concerned', async () => {
    await times(3, () => put('hot'));
    await expect(put('hot')).rejects.toMatchObject(exceeded('TableWriteKeyRangeThroughputExceeded'));
    await put('cool');
    await read('hot');
    now += 1000;
    await put('hot');
    expect(throttled).toEqual([{ kind: 'table write', transaction: false }]);
  });

  it('of the table takes so many reads a second, and queries are reads', async () => {
    await times(3, () => read('hot'));
    await expect(read('hot')).rejects.toMatchObject(exceeded('TableReadKeyRangeThroughputExceeded'));
    const query = new QueryCommand({
      TableName,
      KeyConditionExpression: '#pk = :pk',
      ExpressionAttributeNames: { '#pk': 'pk' },
      ExpressionAttributeValues: { ':pk': { S: 'hot' } },
    });
    await expect(client.send(query)).rejects.toMatchObject({ name: 'ProvisionedThroughputExceededException' });
    await put('hot');
  });

  it('of an index takes so many reads a second', async () => {
    await put('listed', 'reader');
    const query = () =>
      client.send(
        new QueryCommand({
          TableName,
          IndexName: 'by-holder',
          KeyConditionExpression: 'holder = :holder',
          ExpressionAttributeValues: { ':holder': { S: 'reader' } },
        }),
      );
    await times(6, query);
    const resource = expect.stringMatching(/\/index\/by-holder$/);
    await expect(query()).rejects.toMatchObject(exceeded('IndexReadKeyRangeThroughputExceeded', resource));
    await read('listed');
  });

  it('of an index that is hot refuses writes to the table: new entries, moved ones and those that are there', async () => {
    await times(3, (index) => put(`item ${index}`, 'hot holder'));
    const refused = exceeded('IndexWriteKeyRangeThroughputExceeded');
    await expect(put('another', 'hot holder')).rejects.toMatchObject(refused);
    await expect(update('another', 'hot holder')).rejects.toMatchObject(refused);
    await expect(update('item 0', 'cool holder')).rejects.toMatchObject(refused);
    await put('another', 'cool holder');
    now += 1000;
    await put('another', 'hot holder');
    expect(throttled).toEqual(Array(3).fill({ kind: 'index write', transaction: false }));
  });

  it('cancels a transaction, with the reason at the place of its items', async () => {
    await times(3, () => put('hot'));
    const items = ['untouched', 'hot'].map((pk) => ({ Put: { TableName, Item: itemOf(pk) } }));
    const transact = () => client.send(new TransactWriteItemsCommand({ TransactItems: items }));
    await expect(transact()).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      CancellationReasons: [{ Code: 'None' }, { Code: 'ProvisionedThroughputExceeded' }],
    });
    expect((await read('untouched')).Item).toBeUndefined();
    expect(throttled).toEqual([{ kind: 'table write', transaction: true }]);
    now += 1000;
    await transact();
  });
});
