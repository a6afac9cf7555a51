import { createHash } from 'node:crypto';
import type { DynamoDBRecord } from 'aws-lambda';

/**
 * How the only shard of an engine becomes several, as on AWS, where each partition of a table writes a shard of its own:
 * by a hash of the partition key.
 */
export interface ShardSplit {
  /** Name of the table's partition key. */
  readonly hashKey: string;
  readonly shards: number;
}

/** The shard that a record belongs to, from 0. All records of one partition key are in one shard, in their order. */
export function shardOf(record: DynamoDBRecord, { hashKey, shards }: ShardSplit): number {
  const value = JSON.stringify(record.dynamodb?.Keys?.[hashKey] ?? null);
  return createHash('md5').update(value).digest().readUInt32BE(0) % shards;
}

/** Whether a sequence number comes after a position; every one comes after none. */
export const isAfter = (sequenceNumber: string, position: string | undefined): boolean =>
  position === undefined || BigInt(sequenceNumber) > BigInt(position);

/** The earliest of some positions; undefined, the beginning, if one of them is. */
export const earliest = (positions: readonly (string | undefined)[]): string | undefined =>
  positions.reduce((first, next) =>
    next === undefined || (first !== undefined && isAfter(first, next)) ? next : first,
  );
