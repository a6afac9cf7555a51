import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectionKey } from '../../../lambdas/store/table/addresses';
import { cancelled, conditionFailed } from '../support/dynamo-errors';
import { destinationItem, fakeTable } from '../support/fake-table';
import { setEnvironment } from '../support/function-environment';
import { deliveryItem, eventItem, marshalled } from '../support/items';
import { captureOutput } from '../support/log-lines';
import { connectionOf, deliveryOf, destinationOf, ENVIRONMENT, eventOf, idOf } from '../support/records';

let handler: (event: DynamoDBStreamEvent) => Promise<DynamoDBBatchResponse>;
const table = fakeTable();
const sqs = mockClient(SQSClient);
let output: ReturnType<typeof captureOutput>;

const connectionItem = (n: number) => {
  const connection = connectionOf({ id: idOf('con', n) });
  return { ...connectionKey(ENVIRONMENT, connection.id), ...connection };
};
const recordOf = (number: number, item: Record<string, unknown>): DynamoDBRecord => ({
  eventName: 'INSERT',
  dynamodb: {
    SequenceNumber: String(number),
    NewImage: JSON.parse(
      JSON.stringify(marshalled(item), (_, value) =>
        value?.type === 'Buffer' ? Buffer.from(value.data).toString('base64') : value,
      ),
    ),
  },
});
const eventNo = (n: number) => eventOf({ base: n.toString(16).padStart(24, '0'), body: Buffer.from('4111-1111') });
const run = (...records: DynamoDBRecord[]) => handler({ Records: records });
const failures = ({ batchItemFailures }: DynamoDBBatchResponse) => batchItemFailures.map((one) => one.itemIdentifier);

beforeAll(async () => {
  setEnvironment('route');
  ({ handler } = await import('../../../lambdas/functions/route/handler'));
});
beforeEach(() => {
  table.reset(connectionItem(1), connectionItem(2), destinationItem(destinationOf()));
  table.documents.on(PutCommand).resolves({});
  table.documents.on(UpdateCommand).resolves({});
  sqs.reset();
  sqs.on(SendMessageBatchCommand).resolves({});
  output = captureOutput();
});
afterEach(() => output.restore());

describe('the function route', () => {
  it('writes each delivery under the condition that its place is free, and enqueues ten to a request across events', async () => {
    const records = Array.from({ length: 5 }, (_, n) => recordOf(n + 1, eventItem(eventNo(n + 1))));
    expect(failures(await run(...records))).toEqual([]);
    const puts = table.documents.commandCalls(PutCommand).map((call) => call.args[0].input);
    expect(puts).toHaveLength(10);
    expect(puts.every((put) => put.ConditionExpression === 'attribute_not_exists(pk)')).toBe(true);
    expect(puts[0]?.Item).toMatchObject({ sk: 'DLV#0001', status: 'pending', made: 0, roundStart: 0, cause: 'auto' });
    expect(sqs.commandCalls(SendMessageBatchCommand)).toHaveLength(1);
  });

  it('reads the connections once for a batch, and the destinations once for many batches', async () => {
    const records = Array.from({ length: 5 }, (_, n) => recordOf(n + 1, eventItem(eventNo(n + 1))));
    await run(...records);
    expect(table.documents.commandCalls(QueryCommand)).toHaveLength(1);
  });

  it('names the records whose messages SQS refused, entry by entry', async () => {
    const Failed = [{ Id: '2', Code: 'InternalError', SenderFault: false }];
    sqs.on(SendMessageBatchCommand).resolves({ Failed });
    const records = [1, 2, 3].map((n) => recordOf(n, eventItem(eventNo(n))));
    expect(failures(await run(...records))).toEqual(['2']);
  });

  it('names every record when nothing could be sent', async () => {
    sqs.on(SendMessageBatchCommand).rejects(new Error('unreachable'));
    const records = [1, 2].map((n) => recordOf(n, eventItem(eventNo(n))));
    expect(failures(await run(...records)).sort()).toEqual(['1', '2']);
  });

  it('names the record whose delivery could not be written', async () => {
    table.documents.on(PutCommand).callsFake(({ Item }) => {
      if (String(Item.pk).endsWith('2')) throw new Error('ThrottlingException');
      return {};
    });
    const records = [1, 2, 3].map((n) => recordOf(n, eventItem(eventNo(n))));
    expect(failures(await run(...records))).toEqual(['2']);
  });

  it('does not reset a delivery that has moved on when a batch comes twice', async () => {
    const event = eventNo(1);
    const done = [1, 2].map((n) =>
      deliveryOf({ base: event.base, ordinal: n, connection: idOf('con', n), status: 'delivered', made: 1 }),
    );
    table.items.push(...done.map(deliveryItem));
    table.documents.on(PutCommand).callsFake(({ Item }) => {
      throw conditionFailed(table.items.find((item) => item.pk === Item.pk && item.sk === Item.sk));
    });
    expect(failures(await run(recordOf(1, eventItem(event))))).toEqual([]);
    expect(sqs.calls()).toHaveLength(0);
  });

  it('notes that an event has nowhere to go', async () => {
    table.reset();
    table.documents.on(UpdateCommand).resolves({});
    await run(recordOf(1, eventItem(eventNo(1))));
    const [update] = table.documents.commandCalls(UpdateCommand).map((call) => call.args[0].input);
    expect(update).toMatchObject({
      UpdateExpression: 'SET routing = :none',
      ConditionExpression: 'attribute_exists(pk)',
    });
    expect(sqs.calls()).toHaveLength(0);
  });

  it('goes on when the event it could not route has expired meanwhile', async () => {
    table.reset();
    table.documents.on(UpdateCommand).rejects(conditionFailed());
    expect(failures(await run(recordOf(1, eventItem(eventNo(1)))))).toEqual([]);
  });

  it('enqueues a delivery that is pending again without writing anything or reading its event', async () => {
    await run(recordOf(1, deliveryItem(deliveryOf({ made: 5, roundStart: 5 }))));
    expect(table.documents.calls()).toHaveLength(1);
    expect(table.documents.commandCalls(QueryCommand)).toHaveLength(1);
    expect(sqs.commandCalls(SendMessageBatchCommand)[0]?.args[0].input.Entries).toHaveLength(1);
  });

  it('logs failures without the payload of the event, or the items that errors carry', async () => {
    const item = eventItem(eventNo(1));
    table.documents.on(PutCommand).rejects(cancelled({ code: 'ConditionalCheckFailed', item }, 'ThrottlingError'));
    expect(failures(await run(recordOf(1, item)))).toEqual(['1']);
    expect(output.lines().some((line) => line.message === 'record failed')).toBe(true);
    expect(output.text()).not.toContain('4111-1111');
    expect(output.text()).not.toContain('CancellationReasons');
  });
});
