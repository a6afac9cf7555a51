import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient, ListStreamsCommand } from '@aws-sdk/client-dynamodb-streams';
import { CreateScheduleCommand, ListSchedulesCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, expect, test } from 'vitest';
import { type Call, ConnectionBroken, type Interceptor, jsonAnswer, type Service } from '../../../local/calls/call';
import { mappingCredentials } from '../../../local/calls/caller';
import { startCallProxy } from '../../../local/calls/proxy';
import { readBody } from '../../../local/http/body';
import { closeServer } from '../../../local/http/close';
import { listen } from '../../../local/http/listen';

const closing: (() => Promise<void>)[] = [];
const engineSaw: string[] = [];
const logged: string[] = [];
const connections = new Set<unknown>();

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  for (const seen of [engineSaw, logged]) seen.length = 0;
  connections.clear();
});

/** A proxy before an engine that takes everything and answers nothing, except for what is to wait. */
async function proxyTo(service: Service, ...interceptors: Interceptor[]): Promise<string> {
  const engine = createServer(async (request, response) => {
    connections.add(request.socket);
    const body = (await readBody(request, 10_000))?.toString() ?? '';
    engineSaw.push(body);
    response.once('close', () => {
      if (!response.writableFinished) engineSaw.push('gone');
    });
    if (!body.includes('"WaitTimeSeconds":20')) response.end('{}');
  });
  const port = await listen(engine, 0);
  closing.push(() => closeServer(engine));
  const proxy = await startCallProxy({
    engine: `http://127.0.0.1:${port}`,
    service,
    functions: new Set(['Route', 'Deliver']),
    interceptors,
    log: (line) => logged.push(line),
  });
  closing.push(() => proxy.stop());
  return proxy.endpoint;
}

const configured = (endpoint: string, credentials = { accessKeyId: 'AKIA1', secretAccessKey: 'x' }) => ({
  endpoint,
  region: 'us-east-1',
  credentials,
  maxAttempts: 1,
});

const worker = (logicalId: string, sessionToken: string) => ({ ...mappingCredentials(logicalId), sessionToken });
const put = new PutItemCommand({ TableName: 'T', Item: { pk: { S: 'a' } } });

function recorder(): { readonly calls: Call[]; readonly intercept: Interceptor } {
  const calls: Call[] = [];
  return {
    calls,
    intercept: (call, forward) => {
      calls.push(call);
      return forward(call);
    },
  };
}

test('a call tells the worker that made it, the operation and its parameters', async () => {
  const { calls, intercept } = recorder();
  const endpoint = await proxyTo('dynamodb', intercept);
  await new DynamoDBClient(configured(endpoint, worker('Deliver', 'worker-1'))).send(put);
  expect(calls).toMatchObject([
    {
      caller: { kind: 'function', logicalId: 'Deliver', worker: 'worker-1' },
      service: 'dynamodb',
      operation: 'PutItem',
    },
  ]);
  expect(calls[0]?.parameters).toEqual({ TableName: 'T', Item: { pk: { S: 'a' } } });
});

test('a mapping is told from its function, and streams from the table', async () => {
  const { calls, intercept } = recorder();
  const endpoint = await proxyTo('dynamodb', intercept);
  await new DynamoDBStreamsClient(configured(endpoint, mappingCredentials('Route'))).send(new ListStreamsCommand());
  expect(calls).toMatchObject([
    { caller: { kind: 'mapping', logicalId: 'Route' }, service: 'dynamodb-streams', operation: 'ListStreams' },
  ]);
});

test.each(['AKIA1', 'localPosthorn', 'localDeliverer'])('the access key %s is of no function', async (accessKeyId) => {
  const { calls, intercept } = recorder();
  const endpoint = await proxyTo('dynamodb', intercept);
  await new DynamoDBClient(configured(endpoint, { accessKeyId, secretAccessKey: 'x' })).send(put);
  expect(calls).toMatchObject([{ caller: { kind: 'other', accessKeyId } }]);
});

test('the operations of the Scheduler are told by method and path', async () => {
  const { calls, intercept } = recorder();
  const client = new SchedulerClient(configured(await proxyTo('scheduler', intercept)));
  const schedule = { ScheduleExpression: 'at(2030-01-01T00:00:00)', FlexibleTimeWindow: { Mode: 'OFF' as const } };
  await client.send(new CreateScheduleCommand({ Name: 'n', ...schedule, Target: { Arn: 'a', RoleArn: 'r' } }));
  await client.send(new ListSchedulesCommand({ MaxResults: 3 }));
  expect(calls.map(({ operation }) => operation)).toEqual(['CreateSchedule', 'ListSchedules']);
});

test('interceptors answer in place of the engine, the first one first', async () => {
  const refusal = jsonAnswer(400, { __type: 'com.amazonaws.dynamodb.v20120810#ThrottlingException', message: 'no' });
  const { calls, intercept } = recorder();
  const endpoint = await proxyTo('dynamodb', intercept, async () => refusal);
  await expect(new DynamoDBClient(configured(endpoint)).send(put)).rejects.toMatchObject({
    name: 'ThrottlingException',
    message: 'no',
  });
  expect(calls).toHaveLength(1);
  expect(engineSaw).toEqual([]);
});

test('an interceptor can change a call', async () => {
  const endpoint = await proxyTo('dynamodb', (call, forward) => forward(call.with({ TableName: 'Ü' })));
  await new DynamoDBClient(configured(endpoint)).send(put);
  expect(engineSaw).toEqual(['{"TableName":"Ü"}']);
});

test('a connection can break after the call has taken effect', async () => {
  const endpoint = await proxyTo('dynamodb', async (call, forward) => {
    await forward(call);
    throw new ConnectionBroken();
  });
  await expect(new DynamoDBClient(configured(endpoint)).send(put)).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(engineSaw).toHaveLength(1);
  expect(logged).toEqual([]);
});

test('an interceptor that fails breaks the connection and is told about', async () => {
  const endpoint = await proxyTo('dynamodb', async () => {
    throw new Error('mistake');
  });
  await expect(new DynamoDBClient(configured(endpoint)).send(put)).rejects.toThrow();
  expect(logged).toEqual([expect.stringContaining('mistake')]);
});

test('calls in a row use one connection to the engine', async () => {
  const client = new DynamoDBClient(configured(await proxyTo('dynamodb')));
  for (let n = 0; n < 20; n += 1) await client.send(put);
  expect(connections.size).toBe(1);
});

test('a long poll ends at the engine when its caller goes', async () => {
  const client = new SQSClient(configured(await proxyTo('sqs')));
  const leaving = new AbortController();
  const QueueUrl = 'http://q/queue';
  const poll = client.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }), {
    abortSignal: leaving.signal,
  });
  while (engineSaw.length === 0) await sleep(5);
  leaving.abort();
  await expect(poll).rejects.toThrow();
  await expect.poll(() => engineSaw).toContain('gone');
  expect(logged).toEqual([]);
});
