import { mayHaveParked } from '../configuration/destination-status';
import { listDestinations } from '../configuration/destinations';
import { listOrphans } from '../configuration/orphans';
import { attentionPk, byDestinationPk, parkedPk, type TimelineKind, timelinePk } from '../table/addresses';
import { INDEXES, type Table } from '../table/table';
import type { IndexPartition } from './timeline';

const shardNumbers = (shards: number): number[] => Array.from({ length: shards }, (_, shard) => shard);

/** The partitions of `timeline` with all items of some kinds in environments. */
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

/** The partition of `attention` with what is parked for a destination. */
export const parkedPartition = (destination: string): IndexPartition => ({
  index: INDEXES.attention,
  pk: parkedPk(destination),
});

/** The partitions with everything parked in environments: one for each destination that may have anything parked. */
export async function parkedPartitions(table: Table, environments: readonly string[]): Promise<IndexPartition[]> {
  const found = await Promise.all(
    environments.map(async (environment) => {
      const [destinations, orphans] = await Promise.all([
        listDestinations(table, environment),
        listOrphans(table, environment),
      ]);
      return [...destinations.filter(mayHaveParked), ...orphans];
    }),
  );
  return found.flat().map(({ id }) => parkedPartition(id));
}

/** The partitions of `attention` with rare statuses other than `circuit_open`, or `dead` for open dead letters. */
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

/** The partition of `by-destination` with one kind of a destination's items. */
export const destinationPartition = (destination: string, kind: 'DLV' | 'ATT' | 'DLQ'): IndexPartition => ({
  index: INDEXES.byDestination,
  pk: byDestinationPk(destination, kind),
});
