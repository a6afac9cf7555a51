import { isStranded, STRANDED_MS } from '../../domain/overdue';
import { type Hour, isOverFor, openMinutes } from '../../statistics/hours';
import { enqueueStranded } from '../../store/deliveries/transitions';
import { timelinePartitions } from '../../store/lists/partitions';
import type { SweptEnvironment } from './environments';
import { takePortion } from './look-through';
import { mendEntries, type Remedy } from './mend-deliveries';
import type { MendDependencies, Mended } from './run';

/** How many deliveries of an environment are looked at in one run. */
const LIMIT = 500;

/**
 * Mends deliveries whose message is gone. The counters lead to them: only hours that are long over and still have open
 * deliveries are looked into, and of those only such minutes. A healthy environment has none.
 *
 * @param position where the run before this one stopped
 */
export async function mendStranded(
  deps: MendDependencies,
  environment: SweptEnvironment,
  hours: readonly Hour[],
  position: string | undefined,
): Promise<Mended> {
  let [mended, left] = [0, LIMIT];
  for await (const minute of minutesToLookInto(deps, environment, hours, position)) {
    const partitions = timelinePartitions([environment.id], ['DLV'], deps.shards);
    const portion = await takePortion(deps.table, partitions, { from: minute, to: minute }, position, left);
    const done = await mendEntries(deps, environment, portion.entries, remedyOf(deps));
    if (done === undefined) return { mended, position };
    mended += done;
    left -= portion.entries.length;
    if (portion.position !== undefined) return { mended, position: portion.position };
  }
  return { mended, position: undefined };
}

const remedyOf = ({ table }: MendDependencies): Remedy => ({
  applies: isStranded,
  apply: (delivery, now) => enqueueStranded(table, delivery, now),
});

/** Minutes with open deliveries from the position on, oldest first, as ISO 8601 begins: `2026-11-21T20:41`. */
async function* minutesToLookInto(
  { table, now }: MendDependencies,
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
