import { isLate, isStranded, LATE_MS, STRANDED_MS } from '../../domain/overdue';
import { type Hour, isOverFor, openMinutes } from '../../statistics/hours';
import { type Delivery, parseDelivery } from '../../store/deliveries/delivery-items';
import { enqueueAgain, enqueueStranded, type TransitionAnswer } from '../../store/deliveries/transitions';
import { attentionPartitions, timelinePartitions } from '../../store/lists/partitions';
import type { IndexEntry } from '../../store/lists/timeline';
import { getAll } from '../../store/table/batch-get';
import type { SweptEnvironment } from './environments';
import { withoutThoseInLine } from './guards';
import { type Repaired, type RepairPorts, takePortion } from './look-through';

/** How many deliveries of an environment one run looks at for messages that are gone. */
const STRANDED_LIMIT = 500;

/** How many deliveries of an environment one run looks at for attempts that are late. */
const LATE_LIMIT = 100;

/**
 * Repairs deliveries whose message is gone. The counters show where: only past hours that still have open deliveries
 * are searched, and of those only such minutes. A healthy environment has none.
 *
 * @param position where the previous run stopped
 */
export async function repairStranded(
  ports: RepairPorts,
  environment: SweptEnvironment,
  hours: readonly Hour[],
  position: string | undefined,
): Promise<Repaired> {
  const { table, shards } = ports;
  const remedy: Remedy = { applies: isStranded, apply: (delivery, at) => enqueueStranded(table, delivery, at) };
  let [repaired, left] = [0, STRANDED_LIMIT];
  for await (const minute of minutesToLookInto(ports, environment, hours, position)) {
    const partitions = timelinePartitions([environment.id], ['DLV'], shards);
    const portion = await takePortion(table, partitions, { from: minute, to: minute }, position, left);
    const done = await repairEntries(ports, environment, portion.entries, remedy);
    if (done === undefined) return { repaired, position };
    repaired += done;
    left -= portion.entries.length;
    if (portion.position !== undefined) return { repaired, position: portion.position };
  }
  return { repaired, position: undefined };
}

/** Minutes with open deliveries from the position on, oldest first, as ISO 8601 begins: `2026-11-21T20:41`. */
async function* minutesToLookInto(
  { table, now }: RepairPorts,
  { id }: SweptEnvironment,
  hours: readonly Hour[],
  position = '',
): AsyncGenerator<string> {
  for (const hour of hours) {
    if (hour.open === 0 || !isOverFor(hour, STRANDED_MS, now())) continue;
    const minutes = (await openMinutes(table, id, hour.start)).map((at) => new Date(at).toISOString().slice(0, 16));
    yield* minutes.filter((minute) => minute >= position.slice(0, 16));
  }
}

/**
 * Repairs deliveries whose next attempt was never enqueued, or whose schedule was lost. Recent ones cannot be late yet
 * and are not read.
 *
 * @param position where the previous run stopped
 */
export async function repairLate(
  ports: RepairPorts,
  environment: SweptEnvironment,
  position: string | undefined,
): Promise<Repaired> {
  const { table, shards, now } = ports;
  const partitions = attentionPartitions([environment.id], ['retrying'], shards);
  const to = new Date(now() - LATE_MS).toISOString();
  const portion = await takePortion(table, partitions, { to }, position, LATE_LIMIT);
  const remedy: Remedy = { applies: isLate, apply: (delivery, at) => enqueueAgain(table, delivery, at) };
  const repaired = await repairEntries(ports, environment, portion.entries, remedy);
  return repaired === undefined ? { repaired: 0, position } : { repaired, position: portion.position };
}

/** How one kind of trouble is recognized and repaired. */
interface Remedy {
  /** Whether a delivery has the problem, unless something holds it up. */
  applies(delivery: Delivery, now: number): boolean;
  /** One conditional write. */
  apply(delivery: Delivery, now: number): Promise<TransitionAnswer>;
}

/**
 * Repairs the deliveries among some index entries that have a problem.
 *
 * @returns how many, or undefined when a backlog may be the reason that they are late
 */
async function repairEntries(
  ports: RepairPorts,
  { destinations }: SweptEnvironment,
  entries: readonly IndexEntry[],
  remedy: Remedy,
): Promise<number | undefined> {
  const now = ports.now();
  const read = (await getAll(ports.table, entries)).map(parseDelivery);
  const overdue = read.filter((delivery) => remedy.applies(delivery, now));
  const troubled = await withoutThoseInLine(ports.table, destinations, overdue, now);
  if (troubled.length === 0) return 0;
  if (await ports.hasBacklog()) return undefined;
  let repaired = 0;
  for (const delivery of troubled) {
    const { kind } = await remedy.apply(delivery, ports.now());
    if (kind === 'done') repaired += 1;
  }
  return repaired;
}
