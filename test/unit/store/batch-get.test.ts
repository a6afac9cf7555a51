import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { getAll, UnprocessedKeysError } from '../../../lambdas/store/table/batch-get';
import { openTable } from '../../../lambdas/store/table/table';

const documents = mockClient(DynamoDBDocumentClient);
const table = openTable('table', new DynamoDBClient({ region: 'eu-central-1' }));
const keys = (count: number) => Array.from({ length: count }, (_, n) => ({ pk: 'p', sk: String(n).padStart(4, '0') }));

/** Answers each request with its first `share` keys, newest first as DynamoDB promises no order, and leaves the rest. */
function process(share: number): void {
  documents.on(BatchGetCommand).callsFake(({ RequestItems }) => {
    const asked = RequestItems.table.Keys;
    const left = asked.slice(share);
    return {
      Responses: { table: asked.slice(0, share).toReversed() },
      UnprocessedKeys: left.length > 0 ? { table: { Keys: left } } : {},
    };
  });
}

vi.mock('node:timers/promises', () => ({ setTimeout: async () => {} }));
beforeEach(() => void documents.reset());

describe('reading many items', () => {
  it('keeps the order of the keys and leaves out what is not there', async () => {
    documents.on(BatchGetCommand).resolves({
      Responses: {
        table: [
          { pk: 'p', sk: '0002' },
          { pk: 'p', sk: '0000' },
        ],
      },
    });
    expect(await getAll(table, keys(3))).toEqual([
      { pk: 'p', sk: '0000' },
      { pk: 'p', sk: '0002' },
    ]);
  });

  it('asks for a hundred at a time', async () => {
    process(100);
    expect(await getAll(table, keys(250))).toEqual(keys(250));
    const sizes = documents
      .commandCalls(BatchGetCommand)
      .map((call) => call.args[0].input.RequestItems?.table?.Keys?.length);
    expect(sizes).toEqual([100, 100, 50]);
  });

  it('asks again for keys that DynamoDB left unprocessed', async () => {
    process(40);
    expect(await getAll(table, keys(100))).toEqual(keys(100));
    expect(documents.calls()).toHaveLength(3);
  });

  it('says so when DynamoDB keeps leaving keys, rather than leaving them out', async () => {
    process(0);
    await expect(getAll(table, keys(2))).rejects.toThrow(UnprocessedKeysError);
  });

  it('asks for nothing when there is nothing to read', async () => {
    expect(await getAll(table, [])).toEqual([]);
    expect(documents.calls()).toHaveLength(0);
  });
});
