import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DurableQueue } from '../../../local/sqs/durable-queue';
import { queueArn, queueUrl } from '../../../local/sqs/queue-url';
import { receiveHere } from '../../../local/sqs/receive';
import { sendMessage } from '../../../local/sqs/send';
import { type SqsServer, startSqs } from '../../../local/sqs/server';

const HOUR_MS = 3_600_000;

let directory: string;
let server: SqsServer;
let work: DurableQueue;
let dead: DurableQueue;
let now: number;
let expired: string[];

async function start(): Promise<void> {
  const life = { now: () => now, expired: (queue: string, body: string) => void expired.push(`${queue} ${body}`) };
  server = await startSqs(join(directory, 'queues.jsonl'), life);
  const create = (name: string, attributes: Record<string, string>) =>
    server.store.createQueue(name, queueUrl(server.endpoint, name), queueArn(name), attributes);
  dead = create('dead', { MessageRetentionPeriod: String(4 * 3600) });
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: queueArn('dead'), maxReceiveCount: 1 });
  work = create('work', { MessageRetentionPeriod: String(2 * 3600), VisibilityTimeout: '0', RedrivePolicy });
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'posthorn-expiry-'));
  [now, expired] = [Date.now(), []];
  await start();
});

afterEach(async () => {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

const send = (MessageBody: string, DelaySeconds = 0) =>
  sendMessage(server.store, { QueueUrl: work.url, MessageBody, DelaySeconds });

const visible = (queue: DurableQueue) => queue.getAttribute('ApproximateNumberOfMessages');

const bodies = (queue: DurableQueue) => receiveHere(server.store, queue, 10).map(({ Body }) => Body);

/** Receives a message once, which is as often as it may be, and has SQS move it. */
function die(): void {
  receiveHere(server.store, work, 10);
  work.settle((arn) => server.store.getQueueByArn(arn));
  expect(visible(work)).toBe('0');
}

describe('a message', () => {
  it('is kept as long as its queue keeps messages, and no longer', () => {
    send('old');
    now += HOUR_MS;
    send('young');
    now += HOUR_MS - 1;
    expect(visible(work)).toBe('2');
    now += 1;
    expect(bodies(work)).toEqual(['young']);
    expect(expired).toEqual(['work old']);
  });

  it('expires while it is delayed and while it is held, too', () => {
    send('held');
    receiveHere(server.store, work, 10);
    const handle = [...work.inflightMessages.keys()][0] ?? '';
    work.changeVisibility(handle, 600);
    send('delayed', 900);
    now += 2 * HOUR_MS;
    expect(visible(work)).toBe('0');
    expect(expired.toSorted()).toEqual(['work delayed', 'work held']);
    expect(work.deleteMessage(handle)).toBe(false);
  });

  it('counts from its first sending in the dead-letter queue', () => {
    send('dying');
    now += HOUR_MS;
    die();
    now += 3 * HOUR_MS - 1;
    expect(visible(dead)).toBe('1');
    now += 1;
    expect(visible(dead)).toBe('0');
    expect(expired).toEqual(['dead dying']);
  });

  it('is a new one after a redrive', async () => {
    const { store } = server;
    send('back');
    die();
    now += 3 * HOUR_MS;
    const [message] = dead.messages;
    const again = store.newMessage(message?.body ?? '', {}, undefined, undefined);
    store.logRedrive(message?.messageId ?? '', { queue: 'work', message: again, dueAt: 0 });
    work.accept(again);
    now += HOUR_MS;
    expect(bodies(work)).toEqual(['back']);
  });

  it('keeps its age over a restart, and what expired does not come back', async () => {
    send('gone');
    now += HOUR_MS;
    send('kept');
    now += HOUR_MS;
    expect(visible(work)).toBe('1');
    await server.stop();
    await start();
    expect(bodies(work)).toEqual(['kept']);
    now += HOUR_MS;
    work.processTimers();
    expect(expired).toEqual(['work gone', 'work kept']);
  });
});
