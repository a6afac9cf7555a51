import type { DynamoDBRecord } from 'aws-lambda';
import { ALL_FAILED, failedItems } from './batch-response';

/** The result of trying a batch once. */
export type BatchOutcome =
  | { readonly kind: 'done' }
  /** Records before `from` are done; the others have to be tried again. */
  | { readonly kind: 'retry'; readonly from: number };

/** A record's place in its shard. */
export const sequenceOf = (record: DynamoDBRecord): string => record.dynamodb?.SequenceNumber ?? '';

/**
 * What a function's answer means for a batch of a stream: the next try begins at the failed record with the lowest
 * sequence number.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 */
export function outcomeOf(result: unknown, batch: readonly DynamoDBRecord[]): BatchOutcome {
  const failed = failedItems(result, batch.map(sequenceOf));
  if (failed === ALL_FAILED) return { kind: 'retry', from: 0 };
  const from = batch.findIndex((record) => failed.has(sequenceOf(record)));
  return from === -1 ? { kind: 'done' } : { kind: 'retry', from };
}

/** How much of a failed batch is tried next: half of it if the mapping bisects. */
export const retrySize = (length: number, bisect: boolean): number =>
  bisect ? Math.max(1, Math.ceil(length / 2)) : length;

/** Milliseconds before a batch is tried again: doubling from 100 to 5,000. */
export const retryDelayMs = (attempt: number): number => Math.min(5_000, 100 * 2 ** Math.min(attempt, 10));
