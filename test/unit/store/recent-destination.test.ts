import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { getRecentDestination } from '../../../lambdas/store/configuration/destinations';
import { openTable } from '../../../lambdas/store/table/table';
import { destinationItem } from '../support/fake-table';
import { DESTINATION, destinationOf, ENVIRONMENT } from '../support/records';

const client = new DynamoDBClient({});
const documents = mockClient(DynamoDBDocumentClient);
const read = () => getRecentDestination(openTable('table', client), ENVIRONMENT, DESTINATION);
const consistency = () => documents.commandCalls(GetCommand).map(({ args }) => args[0].input.ConsistentRead);

beforeEach(() => {
  documents.reset();
});

describe('a destination as it was a moment ago', () => {
  it('is read at half the price', async () => {
    documents.on(GetCommand).resolves({ Item: destinationItem(destinationOf()) });
    expect((await read())?.id).toBe(DESTINATION);
    expect(consistency()).toEqual([false]);
  });

  it('is found although that reading does not know of it yet', async () => {
    documents
      .on(GetCommand)
      .resolvesOnce({})
      .resolves({ Item: destinationItem(destinationOf()) });
    expect((await read())?.id).toBe(DESTINATION);
    expect(consistency()).toEqual([false, true]);
  });

  it('is missing where a consistent reading does not find it either', async () => {
    documents.on(GetCommand).resolves({});
    expect(await read()).toBeUndefined();
  });
});
