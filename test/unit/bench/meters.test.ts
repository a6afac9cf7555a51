import { describe, expect, it } from 'vitest';
import {
  accessLogBytes,
  apiCalls,
  lineBytes,
  metricsIn,
  platformBytes,
  queueRequests,
} from '../../../bench/meters/billed';
import { CapacityCounter } from '../../../bench/meters/capacity';
import { lambdaDuration } from '../../../bench/meters/duration';
import { readInvocation } from '../../../bench/meters/invocations';
import { itemKinds } from '../../../bench/meters/item-kinds';
import { quantile } from '../../../bench/meters/quantile';
import { QueueCounter } from '../../../bench/meters/queues';
import { RoundCounter } from '../../../bench/meters/rounds';
import { Call, jsonAnswer, type Service } from '../../../local/calls/call';

const KB = 1024;
const caller = { kind: 'function', logicalId: 'Deliver1', worker: 'w' } as const;
const callOf = (service: Service, operation: string, parameters: object) =>
  new Call({
    ...{ caller, service, operation, method: 'POST', path: '/', headers: {} },
    body: Buffer.from(JSON.stringify(parameters)),
  });

describe('metered payloads', () => {
  it('are counted in steps of 64 KB by SQS', () => {
    expect([0, 1, 64 * KB, 64 * KB + 1, 256 * KB].map(queueRequests)).toEqual([1, 1, 1, 2, 4]);
  });

  it('are counted in steps of 512 KB by an HTTP API', () => {
    expect([0, 512 * KB, 512 * KB + 1].map(apiCalls)).toEqual([1, 1, 2]);
  });
});

describe('the capacity counter', () => {
  const counted = async (operation: string, parameters: object, status: number, result: object) => {
    const counter = new CapacityCounter();
    await counter.intercept(callOf('dynamodb', operation, parameters), async (call) => {
      expect(call.parameters.ReturnConsumedCapacity).toBe('INDEXES');
      return jsonAnswer(status, { ...result });
    });
    return { ...counter.unitsOf('deliver'), indexes: counter.indexWritesOf('deliver') };
  };

  it('takes what DynamoDB says, with the share of the indexes', async () => {
    const GlobalSecondaryIndexes = { timeline: { CapacityUnits: 1 }, 'by-destination': { CapacityUnits: 1 } };
    const ConsumedCapacity = { CapacityUnits: 3, GlobalSecondaryIndexes };
    expect(await counted('PutItem', {}, 200, { ConsumedCapacity })).toEqual({ read: 0, write: 3, indexes: 2 });
    expect(await counted('GetItem', {}, 200, { ConsumedCapacity: { CapacityUnits: 0.5 } })).toMatchObject({
      read: 0.5,
    });
  });

  it('bills a write whose condition failed', async () => {
    const refusal = { __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException' };
    expect(await counted('PutItem', {}, 400, refusal)).toMatchObject({ write: 1 });
    const Item = { pk: { S: 'x'.repeat(500) }, body: { B: Buffer.alloc(600).toString('base64') } };
    expect(await counted('PutItem', {}, 400, { ...refusal, Item })).toMatchObject({ write: 2 });
  });

  it('bills a cancelled transaction twice for each of its items', async () => {
    const refusal = { __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException' };
    expect(await counted('TransactWriteItems', { TransactItems: [{}, {}, {}] }, 400, refusal)).toMatchObject({
      write: 6,
    });
  });

  it('bills nothing for a request that was not valid', async () => {
    expect(await counted('PutItem', {}, 400, { __type: 'x#ValidationException' })).toMatchObject({ write: 0 });
  });
});

describe('the queue counter', () => {
  const ok = async () => jsonAnswer(200, {});

  it('counts a batch as one request for each 64 KB of its bodies', async () => {
    const counter = new QueueCounter();
    const Entries = Array.from({ length: 10 }, () => ({ MessageBody: 'x'.repeat(10 * KB) }));
    await counter.intercept(callOf('sqs', 'SendMessageBatch', { Entries }), ok);
    expect(counter.requests).toEqual({ SendMessageBatch: 2 });
  });

  it('counts a receive and a delete for each batch that Lambda polls, but no delete where all messages stay', () => {
    const counter = new QueueCounter();
    counter.polled(2 * KB, true);
    counter.polled(2 * KB, false);
    expect(counter.requests).toEqual({ 'Lambda receives': 2, 'Lambda deletes': 1 });
  });

  it('counts a schedule, and the request that it makes when it is due', async () => {
    const counter = new QueueCounter();
    await counter.intercept(callOf('scheduler', 'CreateSchedule', {}), ok);
    expect([counter.schedules, counter.requests]).toEqual([1, { 'Scheduler sends': 1 }]);
  });
});

describe('the wait counter', () => {
  it('counts calls side by side as one wait, and one after another as two', async () => {
    const counter = new RoundCounter();
    const call = () =>
      counter.intercept(callOf('dynamodb', 'GetItem', {}), async () => {
        await new Promise(setImmediate);
        return jsonAnswer(200, {});
      });
    await Promise.all([call(), call()]);
    expect(counter.of('Deliver1')).toBe(1);
    await call();
    expect(counter.of('Deliver1')).toBe(2);
  });
});

describe('an invocation', () => {
  const read = (event: object) =>
    readInvocation({ logicalId: 'Fn', event: JSON.stringify(event), durationMs: 1, cpuMs: 1 }).trigger;

  it('is told by what started it', () => {
    expect(read({ requestContext: { http: {} }, body: 'x'.repeat(600 * KB) })).toEqual({ kind: 'http', apiCalls: 2 });
    const again = { eventSource: 'aws:sqs', body: 'four', attributes: { ApproximateReceiveCount: '2' } };
    expect(read({ Records: [{ eventSource: 'aws:sqs', body: 'four' }, again] })).toEqual({
      kind: 'queue',
      messages: 2,
      fresh: 1,
      bytes: 8,
    });
    expect(read({ Records: [{ eventSource: 'aws:dynamodb' }] })).toEqual({ kind: 'stream', records: 1 });
    expect(read({})).toEqual({ kind: 'schedule' });
  });

  it('lasts longer on Lambda the smaller its share of a processor, and as long as it waits', () => {
    const work = { cpuMs: [10, 10, 10, 500], rounds: 2, receiverMs: 100 };
    expect(lambdaDuration(work, { memoryMb: 3538 })).toBe(10 + 12 + 100);
    expect(lambdaDuration(work, { memoryMb: 884.5 })).toBe(20 + 12 + 100);
    expect(lambdaDuration({ ...work, cpuMs: [] }, { memoryMb: 512 })).toBe(0);
  });
});

describe('log bytes', () => {
  it('are those of the line in UTF-8 and 26 more', () => {
    expect(lineBytes('é')).toBe(28);
  });

  it('of a call in the access log are those of its format with usual values', () => {
    const line = '{"id":"JKJaXmPLvHcESHA=","at":"24/Nov/2026:10:15:30 +0000","what":"-"}';
    expect(accessLogBytes('{"id":"$context.requestId","at":"$context.requestTime","what":"$context.unheardOf"}')).toBe(
      line.length + 26,
    );
  });

  it("include Lambda's own lines only where they are written", () => {
    expect(platformBytes({ platformLogs: false })).toBe(0);
    expect(platformBytes({ platformLogs: true })).toBeGreaterThan(300);
  });
});

describe('a quantile', () => {
  it('is a value below which that share lies', () => {
    expect([quantile([3, 1, 2], 0.5), quantile([1, 2, 3, 4], 0.99), quantile([], 0.5)]).toEqual([2, 4, Number.NaN]);
  });
});

describe('what a call to DynamoDB is about', () => {
  const key = (pk: string, sk: string) => ({ pk: { S: pk }, sk: { S: sk } });
  const kindsOf = (operation: string, parameters: object) => itemKinds(callOf('dynamodb', operation, parameters));

  it('is told by the keys of its items', () => {
    expect(kindsOf('PutItem', { Item: { ...key('EVT#1', 'EVT'), type: { S: 'order' } } })).toBe('event');
    expect(kindsOf('UpdateItem', { Key: key('EVT#1', 'DLV#0001') })).toBe('delivery');
    expect(kindsOf('GetItem', { Key: key('ENV#1', 'DST#2') })).toBe('destination');
    const TransactItems = [
      { Put: { Item: key('EVT#1', 'DLV#0001#ATT#0002') } },
      { Update: { Key: key('STAT#ENV#1', 'LIFE') } },
      { Update: { Key: key('STAT#ENV#1', 'MIN#2026') } },
    ];
    expect(kindsOf('TransactWriteItems', { TransactItems })).toBe('attempt + 2 × counter');
    expect(kindsOf('BatchGetItem', { RequestItems: { T: { Keys: [key('EVT#1', 'EVT'), key('EVT#2', 'EVT')] } } })).toBe(
      'events',
    );
  });

  it('is told of a query by the start of its sort key, or by its index', () => {
    const ExpressionAttributeValues = { ':pk': { S: 'ENV#1' }, ':prefix': { S: 'CON#' } };
    expect(kindsOf('Query', { ExpressionAttributeValues })).toBe('connections');
    expect(kindsOf('Query', { IndexName: 'timeline' })).toBe('timeline');
  });
});

describe('a line in the embedded metric format', () => {
  it('names the metrics that it counts', () => {
    const CloudWatchMetrics = [{ Namespace: 'x', Dimensions: [['service']], Metrics: [{ Name: 'A' }, { Name: 'B' }] }];
    expect(metricsIn(JSON.stringify({ _aws: { Timestamp: 1, CloudWatchMetrics }, A: 1 }))).toEqual(['A', 'B']);
    expect(metricsIn('{"message":"something else"}')).toEqual([]);
  });
});
