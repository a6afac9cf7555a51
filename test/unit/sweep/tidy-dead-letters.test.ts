import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { QUIET_MS } from '../../../lambdas/domain/dead-message';
import { tidyDeadLetters } from '../../../lambdas/functions/sweep/tidy-dead-letters';
import { encodeMessage } from '../../../lambdas/queue/message';
import type { Delivery } from '../../../lambdas/store/deliveries/delivery-items';
import { openTable } from '../../../lambdas/store/table/table';
import { conditionFailed } from '../support/dynamo-errors';
import { fakeTable } from '../support/fake-table';
import { deliveryItem } from '../support/items';
import { BASE, DESTINATION, deliveryOf, ENVIRONMENT, NOW } from '../support/records';

process.env.AWS_REGION = 'eu-central-1';

const fake = fakeTable();
const sqs = mockClient(SQSClient);
const LONG_AGO = NOW - QUIET_MS - 1;
const reported: string[] = [];
let visible: unknown[] = [];

interface Queued {
  readonly id: string;
  readonly body: string;
  readonly moved?: boolean;
}

/**
 * A dead-letter queue of these messages. What is released is received again after the others, or, as a fair queue does
 * it that takes the others for noisy, before them.
 */
function given(deliveries: readonly Delivery[], messages: readonly Queued[], releasedComes: 'last' | 'first' = 'last') {
  fake.reset(...deliveries.map(deliveryItem));
  fake.documents.on(TransactWriteCommand).resolves({});
  fake.documents.on(UpdateCommand).callsFake(({ ExpressionAttributeValues: values }) => {
    const claimed = deliveries[0] && { ...deliveries[0], status: 'sent' as const, claimId: values[':claim'] };
    return { Attributes: claimed && deliveryItem(claimed) };
  });
  const queue = messages.map(({ id, body, moved = true }) => ({
    MessageId: id,
    ReceiptHandle: id,
    Body: body,
    Attributes: moved ? { DeadLetterQueueSourceArn: 'arn:aws:sqs:x:1:deliveries' } : {},
  }));
  const held: typeof queue = [];
  visible = queue;
  sqs.on(GetQueueAttributesCommand).callsFake(() => ({ Attributes: { ApproximateNumberOfMessages: queue.length } }));
  sqs.on(ReceiveMessageCommand).callsFake(() => {
    const batch = queue.splice(0, 10);
    held.push(...batch);
    return { Messages: batch };
  });
  sqs.on(ChangeMessageVisibilityBatchCommand).callsFake(({ Entries }) => {
    for (const { ReceiptHandle } of Entries) {
      const released = held.filter(({ MessageId }) => MessageId === ReceiptHandle);
      held.splice(0, held.length, ...held.filter((message) => !released.includes(message)));
      if (releasedComes === 'last') queue.push(...released);
      else queue.unshift(...released);
    }
    return {};
  });
  sqs.on(DeleteMessageBatchCommand).resolves({});
}

const bodyOf = (changes: { token?: string; attempt?: number } = {}) =>
  encodeMessage({
    ...{ base: BASE, ordinal: 1, environment: ENVIRONMENT, destination: DESTINATION },
    ...{ attempt: 1, token: 'token-1', ...changes },
  });
const tidy = (limit = 500, now = () => NOW) =>
  tidyDeadLetters({
    table: openTable('table'),
    queue: { sqs: new SQSClient({}), url: 'https://sqs.example/1/dead-letters' },
    settings: { shards: 2, retentionDays: 30, limit, timeLimitMs: 20_000 },
    now,
    reportForeign: (messageId, why) => reported.push(`${messageId}: ${why}`),
  });
const handles = (command: typeof DeleteMessageBatchCommand | typeof ChangeMessageVisibilityBatchCommand) =>
  sqs.commandCalls(command as typeof DeleteMessageBatchCommand).flatMap((call) => {
    return (call.args[0].input.Entries ?? []).map(({ ReceiptHandle }) => ReceiptHandle);
  });
const dead = (changes: Partial<Delivery> = {}) =>
  deliveryOf({ status: 'failed', made: 1, deathToken: 'token-1', deathMessageId: 'one', ...changes });

beforeEach(() => {
  sqs.reset();
  reported.length = 0;
});

describe('the tidying of the dead-letter queue', () => {
  it('receives nothing from an empty queue', async () => {
    given([], []);
    expect(await tidy()).toEqual({ seen: 0, removed: 0, repaired: 0, unsettled: 0, foreign: 0 });
    expect(sqs.commandCalls(ReceiveMessageCommand)).toHaveLength(0);
  });

  it('keeps the message of an open dead letter and makes it visible again at once', async () => {
    given([dead()], [{ id: 'one', body: bodyOf() }]);
    expect(await tidy()).toEqual({ seen: 1, removed: 0, repaired: 0, unsettled: 0, foreign: 0 });
    expect(handles(DeleteMessageBatchCommand)).toEqual([]);
    expect(handles(ChangeMessageVisibilityBatchCommand)).toContain('one');
  });

  it('removes messages whose dead letters were closed, and releases the others before', async () => {
    given(
      [dead()],
      [
        { id: 'one', body: bodyOf({ token: 'token-0' }) },
        { id: 'two', body: bodyOf() },
      ],
    );
    expect(await tidy()).toMatchObject({ seen: 2, removed: 1 });
    expect(handles(DeleteMessageBatchCommand)).toEqual(['one']);
    expect(handles(ChangeMessageVisibilityBatchCommand)).not.toContain('one');
  });

  it('removes messages of deliveries that are no longer stored', async () => {
    given([], [{ id: 'one', body: bodyOf() }]);
    expect(await tidy()).toMatchObject({ removed: 1 });
  });

  it.each([
    ['cannot be read', { id: 'one', body: '{"order": 1}' }, 'its body cannot be read'],
    ['was sent there by hand', { id: 'one', body: bodyOf(), moved: false }, 'it was not moved here by SQS'],
    ['asks for an attempt of the future', { id: 'one', body: bodyOf({ attempt: 3 }) }, 'not come to this attempt'],
  ])('reports a message that %s once a run, and leaves it alone', async (_, message, why) => {
    given([deliveryOf({ updatedAt: LONG_AGO })], [message]);
    expect(await tidy()).toEqual({ seen: 1, removed: 0, repaired: 0, unsettled: 0, foreign: 1 });
    expect(reported).toEqual([expect.stringContaining(why)]);
    expect(fake.documents.commandCalls(UpdateCommand)).toEqual([]);
  });

  it('records the death that no worker could record, by that message, and keeps it', async () => {
    given([deliveryOf({ updatedAt: LONG_AGO })], [{ id: 'one', body: bodyOf() }]);
    expect(await tidy()).toMatchObject({ removed: 0, repaired: 1 });
    const [update, letter] = fake.documents.commandCalls(TransactWriteCommand)[0]?.args[0].input.TransactItems ?? [];
    expect(update?.Update?.ExpressionAttributeValues).toMatchObject({
      ...{ ':status': 'failed', ':made': 1, ':deathToken': 'token-1', ':deathMessageId': 'one' },
      ':first': { errorCode: 'worker_failed', trigger: 'auto' },
    });
    expect(letter?.Put?.Item).toMatchObject({ sk: 'DLV#0001#DLQ#0001', errorCode: 'worker_failed' });
    expect(handles(DeleteMessageBatchCommand)).toEqual([]);
  });

  it('records nothing when a worker has claimed the delivery meanwhile', async () => {
    given([deliveryOf({ updatedAt: LONG_AGO })], [{ id: 'one', body: bodyOf() }]);
    fake.documents.on(UpdateCommand).rejects(conditionFailed(deliveryItem(deliveryOf({ status: 'sent' }))));
    expect(await tidy()).toMatchObject({ removed: 0, repaired: 0 });
    expect(fake.documents.commandCalls(TransactWriteCommand)).toEqual([]);
  });

  it('enqueues a retry that was lost through the stream, and removes the message', async () => {
    const lost = deliveryOf({ status: 'retrying', made: 1, updatedAt: LONG_AGO, nextAttemptAt: LONG_AGO });
    given([lost], [{ id: 'one', body: bodyOf() }]);
    expect(await tidy()).toMatchObject({ removed: 1, repaired: 1 });
    expect(fake.documents.commandCalls(UpdateCommand)[0]?.args[0].input.ExpressionAttributeValues).toMatchObject({
      ...{ ':status': 'pending', ':from0': 'retrying', ':made': 1 },
    });
  });

  it('looks at a bounded number of messages in one run, and ends when it has seen all of them', async () => {
    const many = Array.from({ length: 35 }, (_, n) => ({ id: `m${n}`, body: bodyOf() }));
    given([dead()], many);
    expect(await tidy()).toMatchObject({ seen: 35 });
    given([dead()], many);
    expect(await tidy(20)).toMatchObject({ seen: 20 });
  });

  it('gets to the messages that a fair queue hands out last, and leaves none hidden', async () => {
    const open = Array.from({ length: 40 }, (_, n) => ({ id: `open${n}`, body: bodyOf() }));
    const stale = Array.from({ length: 15 }, (_, n) => ({ id: `stale${n}`, body: bodyOf({ token: 'token-0' }) }));
    given([dead()], [...open, ...stale], 'first');
    expect(await tidy()).toMatchObject({ seen: 55, removed: 15 });
    expect(handles(DeleteMessageBatchCommand).sort()).toEqual(stale.map(({ id }) => id).sort());
    const taken = sqs.commandCalls(ReceiveMessageCommand).length * 10;
    expect(taken).toBeLessThanOrEqual(160);
    expect(new Set(handles(ChangeMessageVisibilityBatchCommand))).toEqual(new Set(open.map(({ id }) => id)));
    expect(visible).toHaveLength(40);
  });

  it('holds nothing back from a redrive that takes messages meanwhile', async () => {
    given(
      [dead()],
      Array.from({ length: 60 }, (_, n) => ({ id: `m${n}`, body: bodyOf() })),
    );
    let looks = 0;
    const redrive = () => {
      looks += 1;
      if (looks === 4) visible.splice(0, 30);
      return NOW;
    };
    await tidy(500, redrive);
    // Three familiar batches end the run: it does not go on to hold all that is left.
    expect(sqs.commandCalls(ReceiveMessageCommand).length).toBeLessThanOrEqual(7);
    expect(visible).toHaveLength(30);
  });

  it('ends in time, however many messages there are, and leaves none hidden', async () => {
    const many = Array.from({ length: 80 }, (_, n) => ({ id: `m${n}`, body: bodyOf() }));
    given([dead()], many, 'first');
    let now = NOW;
    const clock = () => {
      now += 9_000;
      return now;
    };
    expect(await tidy(500, clock)).toMatchObject({ seen: expect.any(Number) });
    expect(sqs.commandCalls(ReceiveMessageCommand).length).toBeLessThan(3);
    expect(visible).toHaveLength(80);
  });

  it('releases what it holds when the table cannot be read', async () => {
    given([dead()], [{ id: 'one', body: bodyOf({ token: 'token-0' }) }]);
    fake.documents.rejects(new Error('throttled'));
    await expect(tidy()).rejects.toThrow('throttled');
    expect(handles(ChangeMessageVisibilityBatchCommand)).toEqual(['one']);
  });
});
