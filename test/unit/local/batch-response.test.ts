import { describe, expect, it } from 'vitest';
import { ALL_FAILED, failedItems } from '../../../local/mappings/batch-response';
import { outcomeOf, retryDelayMs, retrySize } from '../../../local/mappings/stream-batches';

const failures = (...ids: unknown[]) => ({ batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) });
const batch = ['10', '11', '12'].map((SequenceNumber) => ({ dynamodb: { SequenceNumber } }));

describe('a partial batch response', () => {
  it.each([[null], [undefined], [{}], [{ batchItemFailures: [] }], [{ batchItemFailures: null }]])(
    'means success when it is %j',
    (result) => {
      expect(failedItems(result, ['a'])).toEqual(new Set());
    },
  );

  it('names the items that failed', () => {
    expect(failedItems(failures('b'), ['a', 'b'])).toEqual(new Set(['b']));
  });

  it.each([
    ['a text', 'done'],
    ['an empty identifier', failures('')],
    ['an identifier that is no text', failures(null)],
    ['an item without identifier', { batchItemFailures: [{}] }],
    ['an item that was not in the batch', failures('z')],
    ['a list that is none', { batchItemFailures: 'a' }],
  ])('fails the whole batch when it has %s', (_name, result) => {
    expect(failedItems(result, ['a', 'b'])).toBe(ALL_FAILED);
  });
});

describe('a batch of stream records', () => {
  it('is tried again from the failed record with the lowest sequence number', () => {
    expect(outcomeOf(failures('12', '11'), batch)).toEqual({ kind: 'retry', from: 1 });
    expect(outcomeOf(failures(), batch)).toEqual({ kind: 'done' });
    expect(outcomeOf('nonsense', batch)).toEqual({ kind: 'retry', from: 0 });
  });

  it('is halved down to single records when the mapping bisects', () => {
    expect([100, 3, 2, 1].map((length) => retrySize(length, true))).toEqual([50, 2, 1, 1]);
    expect(retrySize(100, false)).toBe(100);
  });

  it('waits longer after every failure, up to five seconds', () => {
    expect([0, 1, 2, 5, 6, 1000].map(retryDelayMs)).toEqual([100, 200, 400, 3_200, 5_000, 5_000]);
  });
});
