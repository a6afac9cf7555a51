import { createServer, type Server } from 'node:http';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, expect, test } from 'vitest';
import { openTable } from '../../../lambdas/store/table/table';
import { closeServer } from '../../../local/http/close';
import { LOOPBACK, listen } from '../../../local/http/listen';

let server: Server;
let client: DynamoDBClient;
afterEach(async () => {
  client.destroy();
  await closeServer(server);
});

/** A table that refuses the first calls with these errors, and takes the next; answers with how many calls came. */
async function tableThatRefuses(...errors: string[]) {
  const calls: number[] = [];
  server = createServer((request, response) => {
    const error = errors[calls.push(Date.now()) - 1];
    const body = error === undefined ? {} : { __type: `com.amazonaws.dynamodb.v20120810#${error}`, message: 'No.' };
    request.resume().once('end', () => {
      response.writeHead(error === undefined ? 200 : 400, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify(body));
    });
  });
  const endpoint = `http://${LOOPBACK}:${await listen(server, 0)}`;
  client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  return { table: openTable('table', client), calls };
}

const update = new UpdateCommand({ TableName: 'table', Key: { pk: 'a', sk: 'b' } });

test('a write of one item that meets a transaction is repeated', async () => {
  const { table, calls } = await tableThatRefuses('TransactionConflictException', 'TransactionConflictException');
  await table.documents.send(update);
  expect(calls).toHaveLength(3);
});

test('conflicts that do not end are told as they are', async () => {
  const { table } = await tableThatRefuses(...Array.from({ length: 9 }, () => 'TransactionConflictException'));
  await expect(table.documents.send(update)).rejects.toMatchObject({ name: 'TransactionConflictException' });
});

test('a condition that failed is not tried again', async () => {
  const { table, calls } = await tableThatRefuses('ConditionalCheckFailedException');
  await expect(table.documents.send(update)).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
  expect(calls).toHaveLength(1);
});
