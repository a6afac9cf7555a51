import { type AttributeValue, DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { Faults, WorkerEnd } from '../../../local/faults/faults';
import { ScheduleClock } from '../../../local/scheduler/clock';
import { scheduleInput } from '../../../local/scheduler/schedule';
import { ScheduleStore } from '../../../local/scheduler/schedule-store';
import { type LocalStack, startLocalStack } from '../../../local/stack';
import { writeFixtureAssembly } from './fixture-assembly';

const aws = { region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };

const fixture = writeFixtureAssembly();
afterAll(() => fixture.remove());

let stack: LocalStack;
afterEach(() => stack?.stop());

async function start(faults: Faults): Promise<void> {
  stack = await startLocalStack({ assembly: fixture.directory, faults });
}

async function withTable<Result>(act: (client: DynamoDBClient, table: string) => Promise<Result>): Promise<Result> {
  const client = new DynamoDBClient({ ...aws, endpoint: stack.endpoints.dynamodb });
  try {
    return await act(client, stack.outputs.Table ?? '');
  } finally {
    client.destroy();
  }
}

const put = (Item: Record<string, AttributeValue>) =>
  withTable((client, TableName) => client.send(new PutItemCommand({ TableName, Item })));

const seen = () =>
  withTable(async (client, TableName) => {
    const query = { KeyConditionExpression: 'pk = :seen', ExpressionAttributeValues: { ':seen': { S: 'SEEN' } } };
    const { Items = [] } = await client.send(new QueryCommand({ TableName, ...query }));
    return Items.map(({ text }) => text?.S ?? '');
  });

async function send(...bodies: string[]): Promise<void> {
  const client = new SQSClient({ ...aws, endpoint: stack.endpoints.sqs });
  for (const MessageBody of bodies)
    await client.send(new SendMessageCommand({ QueueUrl: stack.outputs.Work, MessageBody }));
  client.destroy();
}

const eventually = () => expect.poll(seen, { timeout: 10_000, interval: 50 });

describe('a fault of the local stack', () => {
  it('delivers a message twice', async () => {
    await start({
      messages: (_, batch) => [
        { afterMs: 0, items: batch },
        { afterMs: 100, items: batch },
      ],
    });
    await send('twice');
    // It was received once: a message that comes again because of its visibility counts up.
    await expect
      .poll(async () => (await seen()).filter((text) => text === 'queue twice 1'), { timeout: 10_000 })
      .toHaveLength(2);
  });

  it('repeats a batch of a stream that was handled, and cuts it anew', async () => {
    const repeats = [10];
    await start({ cut: () => 1, repeat: () => repeats.shift() });
    stack.pauseMapping('Stream');
    await put({ pk: { S: 'IN' }, sk: { S: '1' } });
    await put({ pk: { S: 'IN' }, sk: { S: '2' } });
    stack.resumeMapping('Stream');
    await eventually().toEqual(['stream 1', 'stream 1', 'stream 2']);
  });

  it('tells of the event in which a worker ended', async () => {
    const ends: WorkerEnd[] = [];
    await start({ workerEnded: (end) => void ends.push(end) });
    await send('hang');
    await eventually().toHaveLength(1);
    const [worker = ''] = stack.busyWorkers('Queue');
    await stack.killWorker('Queue', worker);
    expect(stack.busyWorkers('Queue')).toEqual([]);
    expect(ends).toMatchObject([{ functionName: 'Queue', worker, reason: 'Runtime.ExitError' }]);
    expect(ends[0]?.event).toContain('hang');
  });
});

it('starts the target of a one-time schedule late and twice', async () => {
  const store = new ScheduleStore(undefined);
  const starts: number[] = [];
  const clock = new ScheduleClock(store, () => {}, { faults: { starts: () => [100, 50] } });
  clock.begin(async () => void starts.push(Date.now()));
  const due = Date.now();
  const input = scheduleInput.parse({
    ScheduleExpression: `at(${new Date(due - 1000).toISOString().slice(0, 19)})`,
    ActionAfterCompletion: 'DELETE',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: { Arn: 'arn', RoleArn: 'role' },
  });
  clock.watch(store.create('dlv', input));
  await expect.poll(() => starts).toHaveLength(2);
  expect(starts[0]).toBeGreaterThanOrEqual(due + 90);
  await expect.poll(() => store.all()).toEqual([]);
  clock.stop();
  store.close();
});
