import { isLate, isStranded, LATE_MS, STRANDED_MS } from '../../domain/overdue';
import { WIDTHS, type Width } from '../../statistics/buckets';
import { type Hour, hasMinutes, isOverFor, openMinutes } from '../../statistics/hours';
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
 * While the queue is long, deliveries may be late because others come before them. Only those that have been due for longer
 * than a message lives are then taken for stranded, and only hours that old are searched.
 *
 * @param hours oldest first
 * @param position where the previous run stopped
 */
export async function repairStranded(
  ports: RepairPorts,
  environment: SweptEnvironment,
  hours: readonly Hour[],
  position: string | undefined,
): Promise<Repaired> {
  const { table, shards, now } = ports;
  const open = (ms: number) => hours.filter((hour) => hour.open > 0 && isOverFor(hour, ms, now()));
  if (open(STRANDED_MS).length === 0) return { repaired: 0, position: undefined };
  const overdueMs = Math.max(STRANDED_MS, await ports.certainAfterMs());
  const remedy: Remedy = {
    applies: (delivery, at) => isStranded(delivery, at, overdueMs),
    apply: (delivery, at) => enqueueStranded(table, delivery, at),
  };
  let [repaired, left] = [0, STRANDED_LIMIT];
  for await (const span of spansToLookInto(ports, environment, open(overdueMs), position)) {
    const partitions = timelinePartitions([environment.id], ['DLV'], shards);
    const portion = await takePortion(table, partitions, { from: span, to: span }, position, left);
    repaired += await repairEntries(ports, environment, portion.entries, remedy);
    left -= portion.entries.length;
    if (portion.position !== undefined) return { repaired, position: portion.position };
  }
  return { repaired, position: undefined };
}

/**
 * Minutes with open deliveries from the position on, oldest first, as ISO 8601 begins: `2026-11-21T20:41`. Where minutes
 * are no longer kept, whole hours: `2026-11-21T20`.
 */
async function* spansToLookInto(
  { table, now }: RepairPorts,
  { id }: SweptEnvironment,
  hours: readonly Hour[],
  position = '',
): AsyncGenerator<string> {
  for (const hour of hours) {
    const name = (at: number, width: Width) => new Date(at).toISOString().slice(0, WIDTHS[width].digits);
    const isLeft = (span: string) => span >= position.slice(0, span.length);
    if (!isLeft(name(hour.start, 'hour'))) continue;
    const spans = hasMinutes(hour, now())
      ? (await openMinutes(table, id, hour.start)).map((at) => name(at, 'minute'))
      : [name(hour.start, 'hour')];
    yield* spans.filter(isLeft);
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
  if (portion.entries.length === 0) return { repaired: 0, position: undefined };
  const overdueMs = Math.max(LATE_MS, await ports.certainAfterMs());
  const remedy: Remedy = {
    applies: (delivery, at) => isLate(delivery, at, overdueMs),
    apply: (delivery, at) => enqueueAgain(table, delivery, at),
  };
  return { repaired: await repairEntries(ports, environment, portion.entries, remedy), position: portion.position };
}

/** How one kind of trouble is recognized and repaired. */
interface Remedy {
  /** Whether a delivery has the problem, unless something holds it up. */
  applies(delivery: Delivery, now: number): boolean;
  /** One conditional write. */
  apply(delivery: Delivery, now: number): Promise<TransitionAnswer>;
}

/** Repairs the deliveries among some index entries that have a problem; returns how many. */
async function repairEntries(
  ports: RepairPorts,
  { destinations }: SweptEnvironment,
  entries: readonly IndexEntry[],
  remedy: Remedy,
): Promise<number> {
  const now = ports.now();
  const read = (await getAll(ports.table, entries)).map(parseDelivery);
  const overdue = read.filter((delivery) => remedy.applies(delivery, now));
  let repaired = 0;
  for (const delivery of await withoutThoseInLine(ports.table, destinations, overdue, now)) {
    const { kind } = await remedy.apply(delivery, ports.now());
    if (kind === 'done') repaired += 1;
  }
  return repaired;
}
