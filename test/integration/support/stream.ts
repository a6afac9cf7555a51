import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { DynamoDBRecord } from 'aws-lambda';
import { dynamoDbClient, STACK_CREDENTIALS } from '../../../local/dynamodb/client';
import { StreamReader } from '../../../local/mappings/stream-reader';
import { toStreamRecord } from '../../../local/mappings/stream-record';
import { REGION } from '../../../local/template/template';
import { addressOf } from './table';
import type { World } from './world';

/**
 * The stream's record of an event that was accepted, as `route` receives it.
 *
 * @throws Error when the stream has none
 */
export async function insertRecordOf({ stack }: World, eventId: string): Promise<DynamoDBRecord> {
  const { dynamodb } = stack.endpoints;
  const tables = dynamoDbClient(dynamodb);
  const streams = new DynamoDBStreamsClient({ endpoint: dynamodb, region: REGION, credentials: STACK_CREDENTIALS });
  try {
    const arn = await streamArn(tables, stack.outputs.TableName ?? '');
    const records = await allRecords(new StreamReader(streams, arn));
    const pk = `EVT#${addressOf(eventId, 'evt').base}`;
    const found = records.find(({ dynamodb: change }) => change?.Keys?.pk?.S === pk && change.Keys.sk?.S === 'EVT');
    if (!found) throw new Error(`The stream has no record of ${eventId}.`);
    return toStreamRecord(found, arn);
  } finally {
    tables.destroy();
    streams.destroy();
  }
}

async function streamArn(client: DynamoDBClient, TableName: string): Promise<string> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  return Table?.LatestStreamArn ?? '';
}

async function allRecords(reader: StreamReader) {
  const records = [];
  for (const { ShardId = '' } of await reader.shards()) {
    let iterator = await reader.iterator(ShardId, 'TRIM_HORIZON', undefined);
    for (let found = -1; iterator !== undefined && found !== 0; ) {
      const page = await reader.page(iterator);
      records.push(...page.records);
      found = page.records.length;
      iterator = page.next;
    }
  }
  return records;
}
