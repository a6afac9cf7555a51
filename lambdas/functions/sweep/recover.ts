import type { DeliveryStatus } from '../../domain/delivery';
import { deliveryId, parseFamilyId } from '../../domain/identifiers';
import { inChunks, inPools } from '../../runtime/pools';
import { type Delivery, parseDelivery } from '../../store/deliveries/delivery-items';
import { restart } from '../../store/deliveries/transitions';
import { attentionPartitions } from '../../store/lists/partitions';
import { type IndexEntry, mergedEntries } from '../../store/lists/timeline';
import {
  type Chunk,
  closeRecovery,
  openRecoveries,
  planChunk,
  type Recovery,
  settleChunk,
} from '../../store/sweep/recoveries';
import { deliveryKey } from '../../store/table/addresses';
import { getAll } from '../../store/table/batch-get';
import type { Table } from '../../store/table/table';

/** What a recovery replays: deliveries that ended without being delivered. */
const REPLAYED: readonly DeliveryStatus[] = ['failed', 'partial'];

/** How many entries are read, and deliveries planned, at a time. */
const CHUNK = 100;

/** How many entries of other destinations are skipped before the position is stored. */
const MAX_PASSED = 2_000;

/** How many deliveries are replayed at a time. */
const POOL = 10;

/** What the recoveries did in one run: numbers of deliveries. */
export interface Recovered {
  readonly replayed: number;
  readonly skipped: number;
}

/** What recovering needs from outside. Times are milliseconds. */
export interface RecoverPorts {
  readonly table: Table;
  readonly shards: number;
  /** About how many deliveries a job replays per run, so that a destination that has just recovered is not flooded. */
  readonly pace: number;
  /** A run starts nothing new after this long. */
  readonly timeLimitMs: number;
  now(): number;
}

/** Continues every job that has something left to do. */
export async function recoverDeliveries(ports: RecoverPorts): Promise<Recovered> {
  const deadline = ports.now() + ports.timeLimitMs;
  const sum = { replayed: 0, skipped: 0 };
  for (const recovery of await openRecoveries(ports.table)) {
    const { replayed, skipped } = await advance(ports, recovery, deadline);
    sum.replayed += replayed;
    sum.skipped += skipped;
  }
  return sum;
}

/** Takes steps until the job has had its share or is closed. Each is one write to it, and may be the run's last. */
async function advance(ports: RecoverPorts, recovery: Recovery, deadline: number): Promise<Recovered> {
  let current: Recovery | undefined = recovery;
  const done = { replayed: 0, skipped: 0 };
  while (current && done.replayed < ports.pace && ports.now() < deadline) {
    const next: Recovery | undefined = await step(ports, current);
    if (next && current.plan) {
      done.replayed += next.replayed - current.replayed;
      done.skipped += next.skipped - current.skipped;
    }
    current = next;
  }
  return done;
}

/**
 * One step: carry out the plan, make the next one, or close the job.
 *
 * @returns the job as it is now, or undefined if it is closed or another run has taken over
 */
async function step(ports: RecoverPorts, recovery: Recovery): Promise<Recovery | undefined> {
  const { table, now } = ports;
  const at = new Date(now()).toISOString();
  if (recovery.plan) return settleChunk(table, recovery, await workOff(ports, recovery, recovery.plan), at);
  const chunk = recovery.status === 'running' ? await nextChunk(ports, recovery) : undefined;
  if (chunk) return planChunk(table, recovery, chunk, at);
  await closeRecovery(table, recovery, at);
  return undefined;
}

/** The next failed deliveries of the destination, oldest first; undefined if there are none left. */
async function nextChunk({ table, shards }: RecoverPorts, recovery: Recovery): Promise<Chunk | undefined> {
  const { environment, from, to, position } = recovery;
  const partitions = attentionPartitions([environment], REPLAYED, shards);
  // All sort keys have the same length, so appending a character gives the next possible one.
  const range = { from: position === undefined ? from : `${position}~`, to };
  let passed = 0;
  for await (const entries of inChunks(mergedEntries(table, partitions, range, 'oldest first', CHUNK), CHUNK)) {
    const [last, deliveries] = [entries.at(-1), await failedOf(table, recovery, entries)];
    passed += entries.length;
    if (last && (deliveries.length > 0 || passed >= MAX_PASSED)) return { deliveries, end: last.sort };
  }
  return undefined;
}

async function failedOf(table: Table, { destination }: Recovery, entries: readonly IndexEntry[]): Promise<string[]> {
  return (await getAll(table, entries))
    .map(parseDelivery)
    .filter((one) => one.destination === destination && REPLAYED.includes(one.status))
    .map((one) => deliveryId(one.base, one.ordinal));
}

/** Replays what is planned. What an earlier run replayed but did not count is counted now. */
async function workOff(ports: RecoverPorts, recovery: Recovery, plan: readonly string[]): Promise<Recovered> {
  const addresses = plan.flatMap((id) => parseFamilyId(id, 'dlv') ?? []);
  const keys = addresses.map(({ base, ordinal }) => deliveryKey(base, ordinal));
  const deliveries = (await getAll(ports.table, keys)).map(parseDelivery);
  const done = await inPools(deliveries, POOL, (delivery) => replay(ports, recovery, delivery));
  const replayed = done.filter(Boolean).length;
  return { replayed, skipped: plan.length - replayed };
}

/** Starts a new round unless the delivery has moved on; true if this job has started one, now or before. */
async function replay({ table, now }: RecoverPorts, { id, status }: Recovery, delivery: Delivery) {
  if (delivery.recovery === id) return true;
  if (status !== 'running' || !REPLAYED.includes(delivery.status)) return false;
  const answer = await restart(table, delivery, 'replay', now(), id);
  return answer.kind === 'done' || answer.delivery?.recovery === id;
}
