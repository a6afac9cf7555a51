import { createServer } from 'node:http';
import { DynamoDBClient, TransactionInProgressException } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openTable } from '../../../lambdas/store/table/table';
import { type TransactItems, transact } from '../../../lambdas/store/table/transact';
import { closeServer } from '../../../local/http/close';
import { LOOPBACK, listen } from '../../../local/http/listen';
import { cancelled } from '../support/dynamo-errors';
import { skipPauses } from '../support/pauses';

const put = (sk: string) => ({ Put: { TableName: 'table', Item: { pk: 'p', sk } } });
const items: TransactItems = [put('a'), put('b')];

const inProgress = () => new TransactionInProgressException({ $metadata: {}, message: 'It is in progress' });

describe('a transaction', () => {
  const documents = mockClient(DynamoDBDocumentClient);
  const table = openTable('table', new DynamoDBClient({ region: 'eu-central-1' }));
  const tries = () => documents.commandCalls(TransactWriteCommand).map(({ args }) => args[0].input);
  const tokens = () => tries().map(({ ClientRequestToken }) => ClientRequestToken);
  const refuseWith = (...errors: Error[]) => {
    const behaviour = documents.on(TransactWriteCommand);
    for (const error of errors) behaviour.rejectsOnce(error);
    behaviour.resolves({});
  };
  beforeEach(() => {
    documents.reset();
    skipPauses();
  });
  afterAll(() => documents.restore());

  it('is written with one call where nothing stands in the way', async () => {
    refuseWith();
    expect(await transact(table, items)).toEqual({ kind: 'done' });
    expect(tries()).toEqual([{ TransactItems: items, ClientRequestToken: expect.any(String) }]);
  });

  it.each(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'])(
    'is tried again after a %s, at whichever of its items',
    async (code) => {
      refuseWith(cancelled(code, 'None'), cancelled('None', code), cancelled(code, 'TransactionConflict'));
      expect(await transact(table, items)).toEqual({ kind: 'done' });
      expect(tries()).toHaveLength(4);
    },
  );

  it('is refused by a failed condition, and says at which items, and how they stand', async () => {
    refuseWith(cancelled('None', { code: 'ConditionalCheckFailed', item: { pk: 'p', sk: 'b', n: 1 } }));
    const reasons = [
      { code: 'None', item: undefined },
      { code: 'ConditionalCheckFailed', item: { pk: 'p', sk: 'b', n: 1 } },
    ];
    expect(await transact(table, items)).toEqual({ kind: 'refused', reasons });
    expect(tries()).toHaveLength(1);
  });

  it.each(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'])(
    'is refused by a failed condition also when there was a %s besides: another try would be in vain',
    async (code) => {
      refuseWith(cancelled(code, 'ConditionalCheckFailed'));
      const reasons = [{ code }, { code: 'ConditionalCheckFailed' }];
      expect(await transact(table, items)).toMatchObject({ kind: 'refused', reasons });
      expect(tries()).toHaveLength(1);
    },
  );

  it.each([
    ['conflicts', cancelled('TransactionConflict', 'None')],
    ['throttling', cancelled('None', 'ThrottlingError')],
    ['an earlier try that is in progress', inProgress()],
  ])('gives up within seconds on %s without end, and says so', async (_, error) => {
    documents.on(TransactWriteCommand).rejects(error);
    const start = Date.now();
    await expect(transact(table, items)).rejects.toBe(error);
    // The pauses are random up to 0.8 s, and none begins that would end behind the deadline.
    expect(Date.now() - start).toBeGreaterThan(5_000);
    expect(Date.now() - start).toBeLessThanOrEqual(6_000);
    expect(tries().length).toBeLessThan(100);
  });

  it.each([
    ['an item that is invalid', cancelled('ValidationError', 'None')],
    ['an item that is invalid beside a failed condition', cancelled('ConditionalCheckFailed', 'ValidationError')],
    ['a cancellation without reasons', cancelled()],
    ['any other error', new Error('socket hang up')],
  ])('is not tried again, and not refused, by %s', async (_, error) => {
    documents.on(TransactWriteCommand).rejects(error);
    await expect(transact(table, items)).rejects.toBe(error);
    expect(tries()).toHaveLength(1);
  });

  it('takes another token once it was cancelled, because DynamoDB does not say what becomes of the old one', async () => {
    refuseWith(cancelled('TransactionConflict', 'None'), cancelled('None', 'ThrottlingError'));
    await transact(table, items);
    expect(new Set(tokens()).size).toBe(3);
  });

  it('keeps its token while an earlier try of it is in progress, so that it is written once', async () => {
    refuseWith(inProgress(), inProgress());
    expect(await transact(table, items)).toEqual({ kind: 'done' });
    expect(tokens()).toHaveLength(3);
    expect(new Set(tokens()).size).toBe(1);
  });

  it('has a token of its own for each write, though the writes are the same', async () => {
    refuseWith();
    await transact(table, items);
    await transact(table, items);
    expect(new Set(tokens()).size).toBe(2);
  });
});

it('a transaction whose answer was lost is sent again with its token, and is done', async () => {
  const sent: string[] = [];
  const server = createServer(async (request, response) => {
    const body = JSON.parse(Buffer.concat(await request.toArray()).toString());
    if (sent.push(body.ClientRequestToken) === 1) request.socket.destroy();
    else response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end('{}');
  });
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  const endpoint = `http://${LOOPBACK}:${await listen(server, 0)}`;
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials });
  onTestFinished(async () => {
    client.destroy();
    await closeServer(server);
  });
  expect(await transact(openTable('table', client), items)).toEqual({ kind: 'done' });
  expect(sent).toEqual([expect.any(String), sent[0]]);
});
