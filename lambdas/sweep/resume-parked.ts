import { attentionPk } from '../store/addresses';
import { listEnvironments, listOrganizations } from '../store/api-keys';
import { getAll } from '../store/batch-get';
import { type Destination, listDestinations } from '../store/configuration';
import { parseDelivery } from '../store/delivery-items';
import { endDraining } from '../store/destination-status';
import { forgetOrphans, listOrphans } from '../store/orphans';
import { INDEXES, type Table } from '../store/table';
import { type IndexEntry, type IndexPartition, mergedEntries } from '../store/timeline';
import { resume } from '../store/transitions';

/** Draining goes on for this long after a resume: a warm worker may park by an old reading of the destination. */
const SETTLING_MS = 60_000;

/** How many entries are looked at together. */
const CHUNK = 100;

export interface ResumeSettings {
  readonly shards: number;
  /** How many deliveries are resumed for one destination in one run: a backlog comes back paced. */
  readonly limit: number;
}

/**
 * Puts the parked deliveries of resumed destinations back to `pending`, oldest first. Destinations that are still paused,
 * and everything they have parked, are not read.
 *
 * @returns how many deliveries were resumed
 */
export async function resumeParked(table: Table, settings: ResumeSettings, now: () => number): Promise<number> {
  let resumed = 0;
  for (const organization of await listOrganizations(table)) {
    for (const environment of await listEnvironments(table, organization)) {
      const destinations = await listDestinations(table, environment);
      for (const destination of destinations.filter(({ draining, status }) => draining && status === 'active')) {
        resumed += await drain(table, destination, settings, now, () => endDraining(table, destination));
      }
      // What waits for a deleted destination goes on as well: it fails, where anybody can see it.
      for (const orphans of await listOrphans(table, environment)) {
        resumed += await drain(table, orphans, settings, now, () => forgetOrphans(table, orphans));
      }
    }
  }
  return resumed;
}

/** A destination whose parked deliveries go on, deleted or not. */
type Drained = Pick<Destination, 'id' | 'environment' | 'updatedAt'>;

async function drain(
  table: Table,
  destination: Drained,
  { shards, limit }: ResumeSettings,
  now: () => number,
  end: () => Promise<void>,
): Promise<number> {
  const partitions = Array.from({ length: shards }, (_, shard): IndexPartition => {
    return { index: INDEXES.attention, pk: attentionPk(destination.environment, 'circuit_open', shard) };
  });
  let resumed = 0;
  let chunk: IndexEntry[] = [];
  const resumeChunk = async () => {
    resumed += await resumeEntries(table, chunk, destination, now);
    chunk = [];
  };
  for await (const entry of mergedEntries(table, partitions, {}, 'oldest first')) {
    chunk.push(entry);
    if (chunk.length >= CHUNK) await resumeChunk();
    if (resumed >= limit) return resumed;
  }
  await resumeChunk();
  const settled = now() - Date.parse(destination.updatedAt) > SETTLING_MS;
  if (settled && resumed === 0) await end();
  return resumed;
}

async function resumeEntries(
  table: Table,
  entries: readonly IndexEntry[],
  destination: Drained,
  now: () => number,
): Promise<number> {
  const parked = (await getAll(table, entries))
    .map(parseDelivery)
    .filter((delivery) => delivery.status === 'circuit_open' && delivery.destination === destination.id);
  let resumed = 0;
  for (const delivery of parked) {
    const answer = await resume(table, delivery, now());
    if (answer.kind === 'done') resumed += 1;
  }
  return resumed;
}
