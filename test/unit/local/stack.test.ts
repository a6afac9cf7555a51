import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type LocalStack, type LocalStackOptions, startLocalStack } from '../../../local/stack';
import { lambda, writeFixtureAssembly } from './fixture-assembly';
import { type Fixture, startFixture } from './fixture-stack';

const assembly = writeFixtureAssembly();
const directories: string[] = [assembly.directory];
let fixture: Fixture;
let stack: LocalStack;

async function start(options: LocalStackOptions = {}): Promise<void> {
  fixture = await startFixture({}, options);
  stack = fixture.stack;
}

const stop = () => fixture.stop();

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'posthorn-stack-'));
  directories.push(directory);
  return directory;
}

afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

describe('a running template', () => {
  beforeAll(() => start());
  afterAll(stop);

  it('names local addresses in its outputs', () => {
    expect(stack.outputs).toEqual({
      Url: `${stack.apiUrl}/`,
      Table: 'Fixture-Table',
      Work: `${stack.endpoints.sqs}/000000000000/Fixture-Work`,
      Dead: `${stack.endpoints.sqs}/000000000000/Fixture-Dead`,
    });
  });

  it('serves its routes', async () => {
    const item = await fetch(`${stack.apiUrl}/items/a%20b?x=1`, { headers: { 'X-Thing': 'y' } });
    expect(await item.json()).toMatchObject({
      routeKey: 'GET /items/{id}',
      pathParameters: { id: 'a b' },
      queryStringParameters: { x: '1' },
      headers: { 'x-thing': 'y' },
    });
    expect(await (await fetch(`${stack.apiUrl}/elsewhere`)).json()).toMatchObject({ routeKey: '$default' });
  });

  it.each([
    ['a function that throws', '/throw', undefined, 500, 'Internal Server Error'],
    ['a function that takes too long', '/slow', undefined, 503, 'Service Unavailable'],
    ['a body above 10 MB', '/x', Buffer.alloc(10 * 1024 * 1024 + 1), 413, 'Request Too Long'],
    ['a path that cannot be decoded', '/%ff', undefined, 400, 'Bad Request'],
  ])('answers for the function: %s', async (_name, path, body, status, message) => {
    const response = await fetch(`${stack.apiUrl}${path}`, body === undefined ? {} : { method: 'POST', body });
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ message });
  });

  it('hands messages to a function as Lambda does', async () => {
    await fixture.send('record', 'group-1');
    await fixture.eventually('{"messageId"').toHaveLength(1);
    const [record = ''] = await fixture.seen('{"messageId"');
    expect(JSON.parse(record)).toEqual({
      messageId: expect.any(String),
      receiptHandle: expect.any(String),
      body: 'record',
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: expect.stringMatching(/^\d{13}$/),
        SenderId: '000000000000',
        ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
        MessageGroupId: 'group-1',
      },
      messageAttributes: {},
      md5OfBody: expect.stringMatching(/^[0-9a-f]{32}$/),
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:Fixture-Work',
      awsRegion: 'us-east-1',
    });
  });

  it('deletes what was handled, repeats what failed, and moves it to the dead-letter queue after that', async () => {
    await Promise.all(['fine', 'fail once more'].map((body) => fixture.send(body)));

    expect(await fixture.deadBodies()).toEqual(['fail once more']);
    expect(await fixture.seen('queue fail')).toEqual(['queue fail once more 1', 'queue fail once more 2']);
    expect(await fixture.seen('queue fine')).toEqual(['queue fine 1']);
  });

  it('takes an answer that names no message of the batch for a failure of the whole batch', async () => {
    await fixture.send('malformed');
    expect(await fixture.deadBodies()).toEqual(['malformed']);
  });

  it('gives a message of a worker that was killed to another one', async () => {
    await fixture.send('hang');
    await fixture.eventually('queue hang').toEqual(['queue hang 1']);
    await stack.killWorkers('Queue');
    await fixture.eventually('queue hang').toEqual(['queue hang 1', 'queue hang 2']);
    await stack.killWorkers('Queue');
  });

  it('hands stream records that pass the filter to a function as Lambda does', async () => {
    await fixture.put({ pk: { S: 'OUT' }, sk: { S: 'unwanted' } });
    await fixture.put({
      pk: { S: 'IN' },
      sk: { S: 'a' },
      record: { BOOL: true },
      bytes: { B: new Uint8Array([0, 255]) },
    });

    await fixture.eventually('{"eventID"').toHaveLength(1);
    const [record = ''] = await fixture.seen('{"eventID"');
    expect(JSON.parse(record)).toMatchObject({
      eventName: 'INSERT',
      eventSource: 'aws:dynamodb',
      eventSourceARN: expect.stringContaining('/stream/'),
      dynamodb: {
        ApproximateCreationDateTime: expect.closeTo(Date.now() / 1000, -2),
        Keys: { pk: { S: 'IN' }, sk: { S: 'a' } },
        NewImage: { bytes: { B: 'AP8=' }, record: { BOOL: true } },
        SequenceNumber: expect.any(String),
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
    });
    expect(await fixture.seen('stream')).toEqual(['stream a']);
  });

  it('reports functions that do not exist, with those that do', async () => {
    await expect(stack.invoke('nothing', {})).rejects.toThrow(
      'There is no function nothing: the stack has Http, Queue',
    );
  });
});

describe('a stack of its own for each test', () => {
  beforeEach(() => start());
  afterEach(stop);

  it('repeats stream records from the one that failed, in order', async () => {
    stack.pauseMapping('Stream');
    await sleep(150);
    await fixture.put({ pk: { S: 'IN' }, sk: { S: '1' } });
    await fixture.put({ pk: { S: 'IN' }, sk: { S: '2' }, failOnce: { BOOL: true } });
    await fixture.put({ pk: { S: 'IN' }, sk: { S: '3' } });
    expect(await fixture.seen()).toEqual([]);

    stack.resumeMapping('Stream');

    await fixture.eventually('stream 3').toHaveLength(1);
    const records = (await fixture.seen('stream')).map((text) => text.slice('stream '.length));
    expect(records).toEqual(['1', '2', '2', '2', '3']);
  });

  it('leaves messages in the queue while its mapping is paused', async () => {
    stack.pauseMapping('Queue');
    await fixture.send('waiting');
    await sleep(500);
    expect(await fixture.seen()).toEqual([]);

    stack.resumeMapping('Queue');
    await fixture.eventually('queue').toEqual(['queue waiting 1']);
  });

  it('leaves nothing that answers when it has stopped, however busy it was', async () => {
    await fixture.send('hang');
    await fixture.eventually('queue').toHaveLength(1);
    const began = Date.now();
    await stack.stop();

    expect(Date.now() - began).toBeLessThan(4_000);
    for (const url of [stack.apiUrl, ...Object.values(stack.endpoints)]) await expect(fetch(url)).rejects.toThrow();
  });
});

describe('a stack that is told how full batches are', () => {
  const sizes: number[] = [];
  beforeEach(() =>
    start({ batchLimit: () => 2, functionHandled: ({ event }) => void sizes.push(JSON.parse(event).Records.length) }),
  );
  afterEach(stop);

  it('hands out no more messages at once, however many wait', async () => {
    stack.pauseMapping('Queue');
    for (const body of ['a', 'b', 'c', 'd', 'e']) await fixture.send(body);
    stack.resumeMapping('Queue');
    await expect.poll(() => sizes.toSorted(), { timeout: 10_000 }).toEqual([1, 2, 2]);
  });
});

describe('a stack with a data directory', () => {
  it('goes on where it was after a restart', async () => {
    const dbPath = temporaryDirectory();
    await start({ dbPath });
    await fixture.put({ pk: { S: 'IN' }, sk: { S: 'before' } });
    await fixture.eventually('stream').toEqual(['stream before']);
    stack.pauseMapping('Queue');
    stack.pauseMapping('Stream');
    await sleep(150);
    await fixture.send('kept');
    await fixture.put({ pk: { S: 'IN' }, sk: { S: 'unseen' } });
    await stop();

    await start({ dbPath });
    await fixture.eventually('queue').toContain('queue kept 1');
    await fixture.eventually('stream').toEqual(['stream before', 'stream unseen']);
    await stop();
  });

  it('is not shared with another one', async () => {
    const dbPath = temporaryDirectory();
    await start({ dbPath });
    await expect(startLocalStack({ assembly: assembly.directory, dbPath })).rejects.toThrow(
      `${dbPath} is in use by the local stack with process id ${process.pid}: stop it first.`,
    );
    await stop();
  });

  it('takes over the lock of a process that is gone', async () => {
    const dbPath = temporaryDirectory();
    writeFileSync(join(dbPath, 'lock'), JSON.stringify({ pid: process.pid, started: '1' }));
    await start({ dbPath });
    await stop();
  });
});

describe('a stack that cannot start', () => {
  const refusal = (options: LocalStackOptions) =>
    expect(startLocalStack({ assembly: assembly.directory, ...options })).rejects;

  it('says that its port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await refusal({ port }).toThrow(`Port ${port} is taken by another program`);
    server.close();
  });

  it('says that its data directory is a file', async () => {
    const file = join(temporaryDirectory(), 'file');
    writeFileSync(file, '');
    await refusal({ dbPath: file }).toThrow(`${file} is a file, or inside one: --db-path takes a directory.`);
  });

  it.each([
    [
      'a type',
      { Bucket: { Type: 'AWS::S3::Bucket' } },
      'The local stack cannot run Bucket: it does not emulate AWS::S3::Bucket.',
    ],
    [
      'a property',
      { Work: { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: true } } },
      'The local stack cannot run Work (AWS::SQS::Queue)',
    ],
    [
      'more retries of asynchronous events than Lambda makes',
      {
        Later: {
          Type: 'AWS::Lambda::EventInvokeConfig',
          Properties: { FunctionName: 'x', Qualifier: '$LATEST', MaximumRetryAttempts: 3 },
        },
      },
      'The local stack cannot run Later (AWS::Lambda::EventInvokeConfig): MaximumRetryAttempts',
    ],
    [
      'a condition',
      { Work: { Type: 'AWS::SQS::Queue', Condition: 'Maybe' } },
      'The local stack cannot run Work: it does not evaluate conditions (Maybe).',
    ],
    [
      'a reservation beyond the quota',
      { Http: lambda('http', { ReservedConcurrentExecutions: 901 }) },
      "The local stack cannot run Http: what it reserves decreases the account's unreserved concurrency below its minimum of 100.",
    ],
    [
      'a place for events that were given up',
      {
        Given: {
          Type: 'AWS::Lambda::EventInvokeConfig',
          Properties: { FunctionName: 'Fixture-Http', Qualifier: '$LATEST', DestinationConfig: {} },
        },
      },
      'The local stack cannot run Given (AWS::Lambda::EventInvokeConfig)',
    ],
  ])('names the resource with %s that it does not take', async (_name, extra, message) => {
    const changed = writeFixtureAssembly(extra);
    directories.push(changed.directory);
    await refusal({ assembly: changed.directory }).toThrow(message);
  });
});
