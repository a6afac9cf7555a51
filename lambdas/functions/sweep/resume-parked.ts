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

/** Draining goes on for this long after a resume: a warm worker may park by an old reading of the destination. */
const SETTLING_MS = 60_000;

/** How many entries are looked at together. */
const CHUNK = 100;

/** So many of the oldest entries are looked at for a probe: entries lag behind their items for a moment. */
const LOOK_FOR_PROBE = 10;

export interface ResumeSettings {
  /** How many deliveries are resumed for one destination in one run: a backlog comes back paced. */
  readonly limit: number;
  /** A run begins nothing new after this long, in milliseconds. */
  readonly timeLimitMs: number;
}

export interface Resumed {
  /** Deliveries that go on because their destination takes deliveries again, or was deleted. */
  readonly resumed: number;
  /** Deliveries that go on to find out whether their destination does. */
  readonly probes: number;
  /** Those of the probes that take the place of one whose worker is gone. */
  readonly replaced: number;
}

/**
 * Puts parked deliveries back to `pending`, oldest first: all of destinations that were resumed or whose circuit was
 * closed, and one where the next probe is due. What is parked for others is not read.
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

/** Nobody asks for the delivery that is to be the probe, so the oldest that waits is sent on; `deliver` decides anew. */
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

/** What waits for a deleted destination goes on as well: it fails, where anybody can see it. */
async function drainOrphans(run: Run, orphans: Orphans): Promise<number> {
  const resumed = await drain(run, orphans);
  if (resumed === 0 && isSettled(run, Date.parse(orphans.updatedAt))) await forgetOrphans(run.table, orphans);
  return resumed;
}

/** Resumes the oldest that is parked for a destination, deleted or not; answers how many. */
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
