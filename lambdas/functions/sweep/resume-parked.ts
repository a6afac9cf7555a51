import type { Destination } from '../../configuration/destination';
import { admission } from '../../domain/breaker';
import { inChunks } from '../../runtime/pools';
import { endDraining } from '../../store/configuration/destination-status';
import { forgetOrphans, type Orphans } from '../../store/configuration/orphans';
import { parseDelivery } from '../../store/deliveries/delivery-items';
import { resume } from '../../store/deliveries/transitions';
import { parkedPartition } from '../../store/lists/partitions';
import { type IndexEntry, mergedEntries } from '../../store/lists/timeline';
import { getAll } from '../../store/table/batch-get';
import type { Table } from '../../store/table/table';
import type { SweptEnvironment } from './environments';

/** Draining goes on for this long: a worker with an old copy of the destination may still park. */
const SETTLING_MS = 60_000;

/** How many entries are read at a time. */
const CHUNK = 100;

/** How many of the oldest entries are read to find a probe: entries lag behind their items for a moment. */
const LOOK_FOR_PROBE = 10;

export interface ResumeSettings {
  /** How many deliveries are resumed per destination and run, so that a backlog comes back paced. */
  readonly limit: number;
  /** A run starts nothing new after this long, in milliseconds. */
  readonly timeLimitMs: number;
}

export interface Resumed {
  /** Deliveries that were resumed because their destination accepts deliveries again, or was deleted. */
  readonly resumed: number;
  /** Deliveries that were resumed as probes. */
  readonly probes: number;
  /** Those of the probes that replace one whose worker is gone. */
  readonly replaced: number;
}

/**
 * Puts parked deliveries back to `pending`, oldest first: all for destinations that were resumed or whose circuit was
 * closed, and one where a probe is due. Deliveries parked for others are not read.
 */
export async function resumeParked(
  table: Table,
  environments: readonly SweptEnvironment[],
  settings: ResumeSettings,
  now: () => number,
): Promise<Resumed> {
  const deadline = now() + settings.timeLimitMs;
  const run: Run = { table, limit: settings.limit, now, isOver: () => now() > deadline };
  let [resumed, probes, replaced] = [0, 0, 0];
  for (const { destinations, orphans } of environments) {
    for (const destination of destinations) {
      if (isProbeDue(destination, now())) {
        const count = await drain({ ...run, limit: 1 }, destination, LOOK_FOR_PROBE);
        probes += count;
        if (destination.circuit?.state === 'half_open') replaced += count;
      } else if (isDrained(destination)) resumed += await drainAll(run, destination);
    }
    for (const one of orphans) resumed += await drainOrphans(run, one);
  }
  return { resumed, probes, replaced };
}

interface Run {
  readonly table: Table;
  readonly limit: number;
  now(): number;
  isOver(): boolean;
}

/** If no new delivery comes to be the probe, the oldest parked one is resumed; `deliver` decides again. */
const isProbeDue = ({ status, circuit }: Destination, now: number): boolean =>
  status === 'active' && circuit !== undefined && admission(circuit, now) === 'probe';

const isDrained = ({ status, circuit, drainingSince }: Destination): boolean =>
  status === 'active' && circuit === undefined && drainingSince !== undefined;

const isSettled = ({ now, isOver }: Run, since: number): boolean => !isOver() && now() - since > SETTLING_MS;

async function drainAll(run: Run, destination: Destination): Promise<number> {
  const resumed = await drain(run, destination);
  if (resumed === 0 && isSettled(run, destination.drainingSince ?? 0)) await endDraining(run.table, destination);
  return resumed;
}

/** Deliveries parked for a deleted destination are resumed as well: they fail, where anyone can see it. */
async function drainOrphans(run: Run, orphans: Orphans): Promise<number> {
  const resumed = await drain(run, orphans);
  if (resumed === 0 && isSettled(run, Date.parse(orphans.updatedAt))) await forgetOrphans(run.table, orphans);
  return resumed;
}

/** Resumes the oldest deliveries parked for a destination, deleted or not; returns how many. */
async function drain(run: Run, { id }: { readonly id: string }, chunk = CHUNK): Promise<number> {
  const { table, limit } = run;
  let resumed = 0;
  const parked = mergedEntries(table, [parkedPartition(id)], {}, 'oldest first', chunk);
  for await (const entries of inChunks(parked, chunk)) {
    resumed += await resumeEntries(run, entries, limit - resumed);
    if (resumed >= limit || run.isOver()) break;
  }
  return resumed;
}

async function resumeEntries(run: Run, entries: readonly IndexEntry[], limit: number): Promise<number> {
  const parked = (await getAll(run.table, entries))
    .map(parseDelivery)
    .filter(({ status }) => status === 'circuit_open');
  let resumed = 0;
  for (const delivery of parked) {
    if (resumed >= limit || run.isOver()) break;
    const answer = await resume(run.table, delivery, run.now());
    if (answer.kind === 'done') resumed += 1;
  }
  return resumed;
}
