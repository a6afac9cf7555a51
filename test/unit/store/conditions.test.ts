import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { writeIf } from '../../../lambdas/store/table/conditions';
import { openTable } from '../../../lambdas/store/table/table';
import { cancelled, conditionFailed } from '../support/dynamo-errors';

const documents = mockClient(DynamoDBDocumentClient);
const table = openTable('table', new DynamoDBClient({ region: 'eu-central-1' }));
const update = new UpdateCommand({ TableName: 'table', Key: { pk: 'p', sk: 's' } });
const item = { pk: 'p', sk: 's', status: 'failed', made: 5 };

beforeEach(() => void documents.reset());

describe('a conditional write', () => {
  it('answers with what it was asked to return', async () => {
    documents.on(UpdateCommand).resolves({ Attributes: item });
    expect(await writeIf(table, update)).toEqual({ kind: 'done', item });
  });

  it('that is refused carries the item its condition failed on', async () => {
    documents.on(UpdateCommand).rejects(conditionFailed(item));
    expect(await writeIf(table, update)).toEqual({ kind: 'refused', item });
  });

  it('to nothing carries no item', async () => {
    documents.on(UpdateCommand).rejects(conditionFailed());
    expect(await writeIf(table, update)).toEqual({ kind: 'refused', item: undefined });
  });

  it.each([new Error('socket hang up'), cancelled('ConditionalCheckFailed')])(
    'is not refused by any other error',
    async (error) => {
      documents.on(UpdateCommand).rejects(error);
      await expect(writeIf(table, update)).rejects.toBe(error);
    },
  );
});
