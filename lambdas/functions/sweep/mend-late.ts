import { isLate, LATE_MS } from '../../domain/overdue';
import { enqueueAgain } from '../../store/deliveries/transitions';
import { attentionPartitions } from '../../store/lists/partitions';
import type { SweptEnvironment } from './environments';
import { takePortion } from './look-through';
import { mendEntries, type Remedy } from './mend-deliveries';
import type { MendDependencies, Mended } from './run';

/** How many deliveries of an environment are looked at in one run. */
const LIMIT = 100;

/**
 * Mends deliveries whose next attempt was never enqueued, or whose schedule was lost. Those that were made a moment ago
 * cannot be late yet and are not read.
 *
 * @param position where the run before this one stopped
 */
export async function mendLate(
  deps: MendDependencies,
  environment: SweptEnvironment,
  position: string | undefined,
): Promise<Mended> {
  const { table, shards, now } = deps;
  const partitions = attentionPartitions([environment.id], ['retrying'], shards);
  const to = new Date(now() - LATE_MS).toISOString();
  const portion = await takePortion(table, partitions, { to }, position, LIMIT);
  const remedy: Remedy = { applies: isLate, apply: (delivery, at) => enqueueAgain(table, delivery, at) };
  const mended = await mendEntries(deps, environment, portion.entries, remedy);
  return mended === undefined ? { mended: 0, position } : { mended, position: portion.position };
}
