import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CancelMessageMoveTaskCommand,
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ListDeadLetterSourceQueuesCommand,
  ListMessageMoveTasksCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { queueUrl } from '../../../local/sqs/queue-url';
import { receiveHere } from '../../../local/sqs/receive';
import { type SqsServer, startSqs } from '../../../local/sqs/server';

const arn = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;
const SOURCE_ARN = arn('dead');

let server: SqsServer;
let client: SQSClient;
let directory: string;

async function start(): Promise<void> {
  server = await startSqs(join(directory, 'queues.jsonl'));
  server.store.createQueue('dead', queueUrl(server.endpoint, 'dead'), arn('dead'));
  server.store.createQueue('work', queueUrl(server.endpoint, 'work'), arn('work'), {
    VisibilityTimeout: '30',
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn('dead'), maxReceiveCount: 2 }),
  });
  client = new SQSClient({
    endpoint: server.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
}

/** Stops without any chance to tidy up what is on disk, as a kill would, and starts again. */
async function restart(): Promise<void> {
  client.destroy();
  await server.stop();
  await start();
}

async function receive(name: string, options: Partial<ReceiveMessageCommand['input']> = {}): Promise<Message[]> {
  const QueueUrl = queueUrl(server.endpoint, name);
  const input = { QueueUrl, MessageSystemAttributeNames: ['All' as const], MaxNumberOfMessages: 10, ...options };
  return (await client.send(new ReceiveMessageCommand(input))).Messages ?? [];
}

const send = (MessageBody: string, options: Partial<SendMessageCommand['input']> = {}) =>
  client.send(new SendMessageCommand({ QueueUrl: queueUrl(server.endpoint, 'work'), MessageBody, ...options }));

async function killBySqs(body: string): Promise<void> {
  await send(body, { MessageGroupId: 'group-1' });
  for (let turn = 0; turn < 2; turn += 1) await receive('work', { VisibilityTimeout: 0 });
  expect(await receive('work')).toEqual([]);
}

async function taskStatus(): Promise<string | undefined> {
  const { Results = [] } = await client.send(new ListMessageMoveTasksCommand({ SourceArn: SOURCE_ARN }));
  return Results[0]?.Status;
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'posthorn-sqs-'));
  await start();
});

afterEach(async () => {
  client.destroy();
  await server.stop();
  await rm(directory, { recursive: true });
});

describe('sending', () => {
  it('keeps the group id of a message on a standard queue, sent alone or in a batch', async () => {
    await send('one', { MessageGroupId: 'dst_1' });
    await client.send(
      new SendMessageBatchCommand({
        QueueUrl: queueUrl(server.endpoint, 'work'),
        Entries: [{ Id: 'a', MessageBody: 'two', MessageGroupId: 'dst_2' }],
      }),
    );

    const received = await receive('work');

    expect(received.map(({ Body, Attributes }) => [Body, Attributes?.MessageGroupId])).toEqual([
      ['one', 'dst_1'],
      ['two', 'dst_2'],
    ]);
  });

  it('refuses a delay above 900 seconds, and only that entry of a batch', async () => {
    await expect(send('late', { DelaySeconds: 901 })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message: expect.stringContaining('DelaySeconds must be >= 0 and <= 900'),
    });
    const Entries = [
      { Id: 'a', MessageBody: 'late', DelaySeconds: 901 },
      { Id: 'b', MessageBody: 'now' },
    ];
    const answer = await client.send(
      new SendMessageBatchCommand({ QueueUrl: queueUrl(server.endpoint, 'work'), Entries }),
    );

    expect(answer.Failed).toMatchObject([{ Id: 'a', SenderFault: true, Code: 'InvalidParameterValue' }]);
    expect(answer.Successful).toMatchObject([{ Id: 'b' }]);
    expect(await receive('work')).toMatchObject([{ Body: 'now' }]);
  });

  it('carries message attributes and characters beyond the basic plane', async () => {
    await send('post 📯', { MessageAttributes: { kind: { DataType: 'String', StringValue: 'x' } } });

    expect(await receive('work', { MessageAttributeNames: ['All'] })).toMatchObject([
      { Body: 'post 📯', MessageAttributes: { kind: { DataType: 'String', StringValue: 'x' } } },
    ]);
  });

  it('answers QueueDoesNotExist for an unknown queue', async () => {
    await expect(send('x', { QueueUrl: queueUrl(server.endpoint, 'other') })).rejects.toMatchObject({
      name: 'QueueDoesNotExist',
    });
  });
});

describe('receiving', () => {
  it('ends a long poll as soon as a message arrives, its delay ends or its visibility ends', async () => {
    const arriving = receive('work', { WaitTimeSeconds: 10 });
    await sleep(50);
    const sentAt = Date.now();
    await send('now', { DelaySeconds: 0 });
    expect(await arriving).toMatchObject([{ Body: 'now' }]);
    expect(Date.now() - sentAt).toBeLessThan(2_000);

    await send('delayed', { DelaySeconds: 1 });
    const waitedFrom = Date.now();
    const [delayed] = await receive('work', { WaitTimeSeconds: 10, VisibilityTimeout: 1 });
    expect(delayed?.Body).toBe('delayed');
    expect(Date.now() - waitedFrom).toBeLessThan(3_000);

    const [again] = await receive('work', { WaitTimeSeconds: 10 });
    expect(again).toMatchObject({ Body: 'delayed', Attributes: { ApproximateReceiveCount: '2' } });
    expect(Date.now() - waitedFrom).toBeLessThan(6_000);
  });

  it('hides no message for a caller who went away while waiting', async () => {
    const controller = new AbortController();
    const waiting = client
      .send(new ReceiveMessageCommand({ QueueUrl: queueUrl(server.endpoint, 'work'), WaitTimeSeconds: 10 }), {
        abortSignal: controller.signal,
      })
      .catch(() => 'aborted');
    await sleep(100);
    controller.abort();
    expect(await waiting).toBe('aborted');
    await sleep(50);

    await send('for the next one');

    expect(await receive('work', { WaitTimeSeconds: 1 })).toMatchObject([{ Body: 'for the next one' }]);
  });

  it('deletes a message by its last handle although its visibility has ended', async () => {
    await send('slow');
    const [message] = await receive('work', { VisibilityTimeout: 0 });
    await client.send(
      new DeleteMessageCommand({ QueueUrl: queueUrl(server.endpoint, 'work'), ReceiptHandle: message?.ReceiptHandle }),
    );

    expect(await receive('work')).toEqual([]);
  });

  it('finds a queue whose URL names the host differently', async () => {
    await send('x', { QueueUrl: queueUrl(server.endpoint, 'work').replace('127.0.0.1', 'localhost') });

    expect(await receive('work')).toMatchObject([{ Body: 'x' }]);
  });
});

describe('the dead-letter queue', () => {
  it('takes a message that was received more often than allowed, and says where it came from', async () => {
    await killBySqs('poison');

    expect(await receive('dead')).toMatchObject([
      {
        Body: 'poison',
        Attributes: { DeadLetterQueueSourceArn: arn('work'), MessageGroupId: 'group-1', ApproximateReceiveCount: '3' },
      },
    ]);
    const { queueUrls } = await client.send(
      new ListDeadLetterSourceQueuesCommand({ QueueUrl: queueUrl(server.endpoint, 'dead') }),
    );
    expect(queueUrls).toEqual([queueUrl(server.endpoint, 'work')]);
  });

  it('takes such a message also where a long line of a noisy group waits before it', async () => {
    const QueueUrl = queueUrl(server.endpoint, 'work');
    await send('noisy', { MessageGroupId: 'noisy' });
    const [noisy] = await receive('work');
    await sleep(20);
    await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: noisy?.ReceiptHandle }));
    await send('quiet', { MessageGroupId: 'quiet' });
    await receive('work', { VisibilityTimeout: 0 });
    const [quiet] = await receive('work');
    for (let n = 0; n < 11; n += 1) await send('noisy', { MessageGroupId: 'noisy' });
    const hidden = { QueueUrl, ReceiptHandle: quiet?.ReceiptHandle };
    await client.send(new ChangeMessageVisibilityCommand({ ...hidden, VisibilityTimeout: 0 }));
    expect((await receive('work')).map(({ Body }) => Body)).toEqual(Array(10).fill('noisy'));
    expect((await receive('dead')).map(({ Body }) => Body)).toEqual(['quiet']);
  });

  it('gives its messages back to their source under a new id and with a new count', async () => {
    await killBySqs('poison');
    const [dead] = await receive('dead', { VisibilityTimeout: 0 });

    await client.send(new StartMessageMoveTaskCommand({ SourceArn: SOURCE_ARN }));
    const [back] = await receive('work', { WaitTimeSeconds: 5 });

    expect(back).toMatchObject({
      Body: 'poison',
      Attributes: { ApproximateReceiveCount: '1', MessageGroupId: 'group-1' },
    });
    expect(back?.MessageId).not.toBe(dead?.MessageId);
    expect(await receive('dead')).toEqual([]);
    expect(await taskStatus()).toBe('COMPLETED');
  });

  it('fails the task on a message that was sent into it by hand', async () => {
    await send('by hand', { QueueUrl: queueUrl(server.endpoint, 'dead') });

    await client.send(new StartMessageMoveTaskCommand({ SourceArn: SOURCE_ARN }));
    await sleep(50);

    const { Results } = await client.send(new ListMessageMoveTasksCommand({ SourceArn: SOURCE_ARN }));
    expect(Results).toMatchObject([{ Status: 'FAILED', FailureReason: 'CouldNotDetermineMessageSource' }]);
    expect(await receive('dead')).toMatchObject([{ Body: 'by hand' }]);
  });

  it('keeps to the rate, runs one task at a time, and stops when told to', async () => {
    for (const body of ['a', 'b', 'c']) await killBySqs(body);

    const task = await client.send(
      new StartMessageMoveTaskCommand({ SourceArn: SOURCE_ARN, MaxNumberOfMessagesPerSecond: 1 }),
    );
    await expect(client.send(new StartMessageMoveTaskCommand({ SourceArn: SOURCE_ARN }))).rejects.toThrow(
      'There is already a task running',
    );
    await sleep(100);
    const cancelled = await client.send(new CancelMessageMoveTaskCommand({ TaskHandle: task.TaskHandle }));
    expect(cancelled.ApproximateNumberOfMessagesMoved).toBe(1);
    await sleep(1_100);

    expect(await taskStatus()).toBe('CANCELLED');
    expect(await receive('dead')).toHaveLength(2);
  });

  it('refuses to move from a queue that is no dead-letter queue', async () => {
    await expect(client.send(new StartMessageMoveTaskCommand({ SourceArn: arn('work') }))).rejects.toThrow(
      'Source queue must be configured as a Dead Letter Queue.',
    );
  });
});

describe('after a restart', () => {
  it('has every message that was not deleted, with its id, group, count and remaining delay', async () => {
    const kept = await send('kept', { MessageGroupId: 'dst_1' });
    await receive('work', { VisibilityTimeout: 0 });
    await send('gone');
    const gone = (await receive('work', { VisibilityTimeout: 1 })).find(({ Body }) => Body === 'gone');
    await client.send(
      new DeleteMessageCommand({ QueueUrl: queueUrl(server.endpoint, 'work'), ReceiptHandle: gone?.ReceiptHandle }),
    );
    await send('later', { DelaySeconds: 2 });
    const sentAt = Date.now();

    await restart();

    expect(await receive('work', { VisibilityTimeout: 30 })).toEqual([]);
    await sleep(1_050);
    const [later] = await receive('work', { WaitTimeSeconds: 5 });
    expect(later).toMatchObject({ Body: 'later' });
    expect(Date.now() - sentAt).toBeGreaterThan(1_900);
    // Its third receive is one more than allowed: SQS has moved it.
    expect(await receive('dead')).toMatchObject([{ MessageId: kept.MessageId, Body: 'kept' }]);
  });

  it('keeps a message hidden for whoever holds it, and honours the handle', async () => {
    await send('held');
    const [held] = await receive('work');

    await restart();

    const QueueUrl = queueUrl(server.endpoint, 'work');
    expect(await receive('work')).toEqual([]);
    const ReceiptHandle = held?.ReceiptHandle;
    await client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
    expect(await receive('work')).toMatchObject([{ Body: 'held', Attributes: { ApproximateReceiveCount: '2' } }]);
  });

  it('gives a message that one of its own pollers held out again at once', async () => {
    await send('in a worker');
    const queue = server.store.getQueueByName('work');
    if (queue === undefined) throw new Error('no queue');
    expect(receiveHere(server.store, queue, 10)).toHaveLength(1);

    await restart();

    expect(await receive('work')).toMatchObject([{ Attributes: { ApproximateReceiveCount: '2' } }]);
  });

  it('still knows where a dead message came from', async () => {
    await killBySqs('poison');
    await restart();

    expect(await receive('dead', { VisibilityTimeout: 0 })).toMatchObject([
      { Attributes: { DeadLetterQueueSourceArn: arn('work') } },
    ]);
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({
        QueueUrl: queueUrl(server.endpoint, 'dead'),
        AttributeNames: ['ApproximateNumberOfMessages'],
      }),
    );
    expect(Attributes?.ApproximateNumberOfMessages).toBe('1');
  });
});
