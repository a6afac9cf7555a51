import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { countEntries, mergedEntries, queryParameters, type TimeRange } from '../../../lambdas/store/lists/timeline';
import { openTable } from '../../../lambdas/store/table/table';

const documents = mockClient(DynamoDBDocumentClient);
const table = openTable('table', new DynamoDBClient({ region: 'eu-central-1' }));
const shard = (n: number) => ({ index: 'timeline', pk: `ENV#env_1#DLV#${n}` }) as const;

/** Answers queries from memory as DynamoDB would, a few entries to a page. */
function serve(entries: Record<string, readonly string[]>, pageSize = 3): void {
  documents.on(QueryCommand).callsFake((input) => {
    const { ':pk': pk, ':first': first, ':last': last } = input.ExpressionAttributeValues;
    const skip = input.ExclusiveStartKey?.position ?? 0;
    const inRange = (entries[pk] ?? []).filter((sort) => sort >= first && sort <= last).sort();
    const ordered = input.ScanIndexForward === false ? inRange.reverse() : inRange;
    const page = ordered.slice(skip, skip + pageSize);
    const more = skip + pageSize < ordered.length;
    return {
      Items: page.map((sort) => ({ pk, sk: sort, tlPk: pk, tlSk: sort })),
      Count: page.length,
      ...(more && { LastEvaluatedKey: { position: skip + pageSize } }),
    };
  });
}

async function sorts(count: number, range: TimeRange = {}, order?: 'oldest first'): Promise<string[]> {
  const found: string[] = [];
  const partitions = Array.from({ length: count }, (_, n) => shard(n));
  for await (const { sort } of mergedEntries(table, partitions, range, order)) found.push(sort);
  return found;
}

beforeEach(() => void documents.reset());

describe('the parameters of a query over an index', () => {
  it('ask for a partition between two times, both included', () => {
    const range = { from: '2026-01-01T00:00:00.000Z', to: '2026-01-02T00:00:00.000Z' };
    expect(queryParameters('table', shard(2), range)).toEqual({
      TableName: 'table',
      IndexName: 'timeline',
      KeyConditionExpression: '#pk = :pk AND #sk BETWEEN :first AND :last',
      ExpressionAttributeNames: { '#pk': 'tlPk', '#sk': 'tlSk' },
      ExpressionAttributeValues: {
        ':pk': 'ENV#env_1#DLV#2',
        ':first': '2026-01-01T00:00:00.000Z',
        ':last': '2026-01-02T00:00:00.000Z~',
      },
    });
  });

  it.each([
    ['timeline', 'tlPk', 'tlSk'],
    ['by-destination', 'dstPk', 'dstSk'],
    ['attention', 'attPk', 'attSk'],
  ] as const)('name the keys of the index %s', (index, pk, sk) => {
    const { ExpressionAttributeNames } = queryParameters('table', { index, pk: 'p' }, {});
    expect(ExpressionAttributeNames).toEqual({ '#pk': pk, '#sk': sk });
  });

  it('cover everything when no time is given', () => {
    const { ExpressionAttributeValues } = queryParameters('table', shard(0), {});
    expect('2026-01-01T00:00:00.000Z#0' > ExpressionAttributeValues[':first']).toBe(true);
    expect('9999-12-31T23:59:59.999Z#f' < ExpressionAttributeValues[':last']).toBe(true);
  });

  it('end at a cursor that lies before the end of the range', () => {
    const before = '2026-01-01T12:00:00.000Z#00';
    const last = (to: string) => queryParameters('table', shard(0), { to, before }).ExpressionAttributeValues[':last'];
    // Short of the cursor itself by the last of its characters, and behind all that sorts before it.
    expect(last('2026-01-02')).toBe('2026-01-01T12:00:00.000Z#0/~');
    expect(last('2026-01-02') < before).toBe(true);
    expect(last('2026-01-01T00:00:00.000Z')).toBe('2026-01-01T00:00:00.000Z~');
  });
});

describe('the entries of several partitions', () => {
  const time = fc.integer({ min: 0, max: 500 }).map((n) => `2026-01-01T00:00:00.${String(n).padStart(3, '0')}Z`);
  const entries = fc.uniqueArray(
    fc.tuple(time, fc.nat({ max: 9 })).map(([at, id]) => `${at}#${id}`),
    { maxLength: 40 },
  );

  it('come as one sequence, newest first, wherever they are and however many pages that takes', async () => {
    await fc.assert(
      fc.asyncProperty(entries, fc.integer({ min: 1, max: 5 }), async (all, shards) => {
        serve(
          Object.fromEntries(
            Array.from({ length: shards }, (_, n) => [shard(n).pk, all.filter((_, i) => i % shards === n)]),
          ),
        );
        expect(await sorts(shards)).toEqual([...all].sort().reverse());
        expect(await sorts(shards, {}, 'oldest first')).toEqual([...all].sort());
      }),
      { numRuns: 40 },
    );
  });

  it('go on after a cursor without the row it names', async () => {
    await fc.assert(
      fc.asyncProperty(entries, fc.nat(), async (all, at) => {
        fc.pre(all.length > 0);
        serve({ [shard(0).pk]: all });
        const sorted = [...all].sort().reverse();
        const index = at % sorted.length;
        const before = sorted[index];
        expect(await sorts(1, before === undefined ? {} : { before })).toEqual(sorted.slice(index + 1));
      }),
      { numRuns: 40 },
    );
  });

  it('are none, and nothing is asked, where a range ends before it begins: DynamoDB would refuse the query', async () => {
    serve({ [shard(0).pk]: ['2026-01-01T00:00:00.000Z#1'] });
    expect(await sorts(1, { from: '2026-02-01T00:00:00.000Z', to: '2026-01-01T00:00:00.000Z' })).toEqual([]);
    expect(await sorts(1, { from: '2026-02-01T00:00:00.000Z', before: '2026-01-01T00:00:00.000Z#1' })).toEqual([]);
    const range = { from: '2026-02-01T00:00:00.000Z', to: '2026-01-01T00:00:00.000Z' };
    expect(await countEntries(table, [shard(0)], range, 10)).toBe(0);
    expect(documents.calls()).toHaveLength(0);
  });
});

describe('counting entries', () => {
  it('adds the partitions up, but no further than it is asked to', async () => {
    const many = Array.from({ length: 7 }, (_, n) => `2026-01-01T00:00:00.00${n}Z#1`);
    serve({ [shard(0).pk]: many, [shard(1).pk]: many });
    expect(await countEntries(table, [shard(0), shard(1)], {}, 100)).toBe(14);
    expect(await countEntries(table, [shard(0), shard(1)], {}, 10)).toBe(10);
  });

  it('reads no page beyond its limit', async () => {
    serve({ [shard(0).pk]: Array.from({ length: 90 }, (_, n) => `2026-01-01T00:00:00.0${n}Z#1`) });
    await countEntries(table, [shard(0)], {}, 4);
    expect(documents.calls()).toHaveLength(2);
  });
});
