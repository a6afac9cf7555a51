import { CreateScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { ChangeMessageVisibilityCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encodeMessage } from '../../../lambdas/queue/message';
import { conditionFailed } from '../support/dynamo-errors';
import { destinationItem, fakeTable } from '../support/fake-table';
import { setEnvironment } from '../support/function-environment';
import { lambdaContext } from '../support/http-event';
import { deliveryItem, eventItem } from '../support/items';
import { captureOutput } from '../support/log-lines';
import { BASE, deliveryOf, destinationOf, ENVIRONMENT, eventOf, idOf, SECRET } from '../support/records';
import { Servers } from '../support/servers';

let handler: (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;
const table = fakeTable();
const sqs = mockClient(SQSClient);
const scheduler = mockClient(SchedulerClient);
const servers = new Servers();
let output: ReturnType<typeof captureOutput>;
let status = 200;
let destinations = 0;
let destination = '';

beforeAll(async () => {
  setEnvironment('deliver');
  ({ handler } = await import('../../../lambdas/functions/deliver/handler'));
});

/** A new destination for each test: the handler keeps what it has read of one. */
beforeEach(async () => {
  status = 200;
  destinations += 1;
  destination = idOf('dst', destinations);
  const url = await servers.http((request, response) => {
    request.resume();
    request.on('end', () => response.writeHead(status).end('ok'));
  });
  const auth = { type: 'bearer_token', token: 'hunter2' } as const;
  table.reset(
    destinationItem(destinationOf({ id: destination, url, auth })),
    eventItem(eventOf({ body: Buffer.from('4111-1111') })),
  );
  claimable({});
  table.documents.on(TransactWriteCommand).resolves({});
  sqs.reset();
  scheduler.reset();
  output = captureOutput();
});
afterEach(async () => {
  output.restore();
  await servers.close();
});

/** Lets the claim succeed on a delivery, and every later update as well. */
function claimable(changes: object): void {
  const delivery = deliveryOf({ destination, status: 'sent', claims: 1, ...changes });
  table.documents.on(UpdateCommand).resolves({ Attributes: deliveryItem(delivery) });
}

function recordOf(messageId: string, { attempt = 1, receives = 1, body = '' } = {}): SQSRecord {
  const message = { base: BASE, ordinal: 1, attempt, environment: ENVIRONMENT, destination, token: 't' };
  return {
    messageId,
    receiptHandle: `receipt-${messageId}`,
    body: body || encodeMessage(message),
    attributes: {
      ApproximateReceiveCount: String(receives),
      SentTimestamp: '0',
      SenderId: 'x',
      ApproximateFirstReceiveTimestamp: '0',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-central-1:123456789012:deliveries',
    awsRegion: 'eu-central-1',
  };
}

async function failures(...records: SQSRecord[]): Promise<string[]> {
  const { batchItemFailures } = await handler({ Records: records }, lambdaContext());
  return batchItemFailures.map((one) => one.itemIdentifier);
}
const visibilities = () =>
  sqs
    .commandCalls(ChangeMessageVisibilityCommand)
    .map(({ args: [{ input }] }) => [input.ReceiptHandle, input.VisibilityTimeout]);

describe('the function deliver', () => {
  it('acknowledges what was delivered: a claim, a read of the event, a record, and no request to SQS', async () => {
    expect(await failures(recordOf('m1'))).toEqual([]);
    expect(table.documents.commandCalls(UpdateCommand)).toHaveLength(2);
    expect(table.documents.commandCalls(TransactWriteCommand)).toHaveLength(0);
    expect(sqs.calls()).toHaveLength(0);
  });

  it('enqueues the retry of what failed, and acknowledges it', async () => {
    status = 500;
    expect(await failures(recordOf('m1'))).toEqual([]);
    const [{ DelaySeconds } = {}] = sqs.commandCalls(SendMessageCommand).map((call) => call.args[0].input);
    expect(DelaySeconds).toBeGreaterThanOrEqual(4);
    expect(DelaySeconds).toBeLessThanOrEqual(7);
  });

  it('schedules a retry that is further off than SQS can delay', async () => {
    status = 500;
    claimable({ made: 2 });
    expect(await failures(recordOf('m1', { attempt: 3 }))).toEqual([]);
    expect(scheduler.commandCalls(CreateScheduleCommand)[0]?.args[0].input.Name).toBe(`${BASE}-1-4`);
  });

  it('keeps the message whose retry could not be enqueued', async () => {
    status = 500;
    sqs.on(SendMessageCommand).rejects(new Error('unreachable'));
    expect(await failures(recordOf('m1'))).toEqual(['m1']);
  });

  it('makes a dead message visible at once and fails it, so that SQS moves it', async () => {
    status = 500;
    claimable({ made: 4 });
    expect(await failures(recordOf('m1', { attempt: 5 }))).toEqual(['m1']);
    expect(visibilities()).toEqual([['receipt-m1', 0]]);
    const dead = table.documents.commandCalls(TransactWriteCommand)[0]?.args[0].input.TransactItems;
    expect(dead?.[0]?.Update?.ExpressionAttributeValues).toMatchObject({ ':deathMessageId': 'm1', ':deathToken': 't' });
  });

  it('slows down and logs an error if SQS does not move a dead message', async () => {
    const dead = deliveryOf({ destination, status: 'failed', made: 1, deathToken: 't', deathMessageId: 'm1' });
    table.documents.on(UpdateCommand).rejects(conditionFailed(deliveryItem(dead)));
    expect(await failures(recordOf('m1', { receives: 5 }))).toEqual(['m1']);
    expect(visibilities()).toEqual([['receipt-m1', 0]]);
    expect(output.lines().filter(({ level }) => level === 'ERROR')).toEqual([]);
    expect(await failures(recordOf('m1', { receives: 6 }))).toEqual(['m1']);
    expect(visibilities()).toHaveLength(1);
    const [error] = output.lines().filter(({ level }) => level === 'ERROR');
    expect(error).toMatchObject({ message: expect.stringContaining('dead-letter queue'), messageId: 'm1' });
  });

  it('hides a message while another worker is at its attempt', async () => {
    const delivery = deliveryOf({ status: 'sent', claimId: 'other', claimUntil: Date.now() + 20_000 });
    table.documents.on(UpdateCommand).rejects(conditionFailed(deliveryItem(delivery)));
    expect(await failures(recordOf('m1'))).toEqual(['m1']);
    const [[, seconds] = []] = visibilities();
    expect(seconds).toBeGreaterThan(15);
    expect(seconds).toBeLessThanOrEqual(22);
  });

  it('fails by single messages: what is unreadable or broken does not hold up the others', async () => {
    table.documents.on(UpdateCommand).callsFake((input) => {
      if (input.ExpressionAttributeValues[':before'] === 6) throw new Error('ThrottlingException');
      return { Attributes: deliveryItem(deliveryOf({ destination, status: 'sent' })) };
    });
    const records = [recordOf('m1'), recordOf('m2', { body: 'hello' }), recordOf('m3', { attempt: 7 })];
    expect(await failures(...records)).toEqual(['m2', 'm3']);
  });

  it('replaces a message that fails for our reasons on its last receive', async () => {
    table.documents.on(UpdateCommand).rejects(new Error('ThrottlingException'));
    expect(await failures(recordOf('m1', { receives: 5 }))).toEqual([]);
    expect(sqs.commandCalls(SendMessageCommand)).toHaveLength(1);
    expect(await failures(recordOf('m2', { receives: 4 }))).toEqual(['m2']);
  });

  it('does not replace a dying message on its last receive: it belongs in the dead-letter queue', async () => {
    table.documents.on(UpdateCommand).rejects(new Error('ThrottlingException'));
    const dead = deliveryOf({ destination, status: 'failed', made: 1, deathToken: 't', deathMessageId: 'm1' });
    table.items.push(deliveryItem(dead));
    expect(await failures(recordOf('m1', { receives: 5 }))).toEqual(['m1']);
    expect(sqs.commandCalls(SendMessageCommand)).toHaveLength(0);
  });

  it('logs one wide line for each message, with neither payload nor secret in it', async () => {
    await failures(recordOf('m1'));
    status = 500;
    claimable({
      made: 4,
      first: { number: 1, trigger: 'auto', startedAt: 0, latencyMs: 1, errorMessage: '4111-1111' },
    });
    await failures(recordOf('m2', { attempt: 5 }), recordOf('m3', { body: '{"token":"hunter2"}' }));
    table.documents.on(TransactWriteCommand).rejects(new Error('ThrottlingException'));
    await failures(recordOf('m4', { attempt: 5 }));
    const wide = output.lines().filter((line) => line.message === 'delivery attempt');
    expect(wide.map(({ messageId, outcome }) => [messageId, (outcome as { kind: string }).kind])).toEqual([
      ['m1', 'delivered'],
      ['m2', 'died'],
    ]);
    for (const secret of ['4111-1111', 'hunter2', SECRET, 'whsec_']) expect(output.text()).not.toContain(secret);
  });
});
