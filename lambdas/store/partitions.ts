import { attentionPk, byDestinationPk, type TimelineKind, timelinePk } from './addresses';
import { INDEXES } from './table';
import type { IndexPartition } from './timeline';

const shardNumbers = (shards: number): number[] => Array.from({ length: shards }, (_, shard) => shard);

/** The partitions of `timeline` that hold everything of some kinds in environments. */
export function timelinePartitions(
  environments: readonly string[],
  kinds: readonly TimelineKind[],
  shards: number,
): IndexPartition[] {
  return environments.flatMap((environment) =>
    kinds.flatMap((kind) =>
      shardNumbers(shards).map((shard) => ({ index: INDEXES.timeline, pk: timelinePk(environment, kind, shard) })),
    ),
  );
}

/** The partitions of `attention` that hold the deliveries of rare statuses, or under `dead` the open dead letters. */
export function attentionPartitions(
  environments: readonly string[],
  statuses: readonly string[],
  shards: number,
): IndexPartition[] {
  return environments.flatMap((environment) =>
    statuses.flatMap((status) =>
      shardNumbers(shards).map((shard) => ({ index: INDEXES.attention, pk: attentionPk(environment, status, shard) })),
    ),
  );
}

/** The partition of `by-destination` that holds one kind of what a destination has. */
export const destinationPartition = (destination: string, kind: 'DLV' | 'ATT' | 'DLQ'): IndexPartition => ({
  index: INDEXES.byDestination,
  pk: byDestinationPk(destination, kind),
});
