import { Readable } from 'node:stream';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { openTable } from '../../../lambdas/store/table/table';

/** A table that keeps the last item it was sent, as it was on the wire, and answers every read with it. */
function wireTable() {
  let item: unknown;
  const handle = async ({ body }: { readonly body: Uint8Array }) => {
    const request = JSON.parse(Buffer.from(body).toString());
    item = request.Item ?? item;
    const text = JSON.stringify(request.Item ? {} : { Item: item });
    const headers = { 'content-type': 'application/x-amz-json-1.0' };
    return { response: { statusCode: 200, headers, body: Readable.from([Buffer.from(text)]) } };
  };
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return openTable('table', new DynamoDBClient({ region: 'eu-central-1', credentials, requestHandler: { handle } }));
}

const Key = { pk: 'p', sk: 's' };

/** What is read of an item that was written, with the SDK's own marshalling on both ways. */
export async function storedAndRead(item: object): Promise<Record<string, unknown>> {
  const { documents } = wireTable();
  await documents.send(new PutCommand({ TableName: 'table', Item: { ...Key, ...item } }));
  return (await documents.send(new GetCommand({ TableName: 'table', Key }))).Item ?? {};
}
