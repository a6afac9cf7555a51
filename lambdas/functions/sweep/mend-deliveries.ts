import { type Delivery, parseDelivery } from '../../store/deliveries/delivery-items';
import type { TransitionAnswer } from '../../store/deliveries/transitions';
import type { IndexEntry } from '../../store/lists/timeline';
import { getAll } from '../../store/table/batch-get';
import type { SweptEnvironment } from './environments';
import { withoutThoseInLine } from './guards';
import type { MendDependencies } from './run';

/** How one kind of trouble is told and mended. */
export interface Remedy {
  /** Whether a delivery is in trouble, unless something holds it up. */
  applies(delivery: Delivery, now: number): boolean;
  /** One conditional write. */
  apply(delivery: Delivery, now: number): Promise<TransitionAnswer>;
}

/**
 * Mends those deliveries among the entries of an index that are in trouble.
 *
 * @returns how many, or undefined when a backlog keeps that from being told
 */
export async function mendEntries(
  deps: MendDependencies,
  { destinations }: SweptEnvironment,
  entries: readonly IndexEntry[],
  remedy: Remedy,
): Promise<number | undefined> {
  const now = deps.now();
  const read = (await getAll(deps.table, entries)).map(parseDelivery);
  const overdue = read.filter((delivery) => remedy.applies(delivery, now));
  const troubled = await withoutThoseInLine(deps.table, destinations, overdue, now);
  if (troubled.length === 0) return 0;
  if (await deps.hasBacklog()) return undefined;
  let mended = 0;
  for (const delivery of troubled) {
    const { kind } = await remedy.apply(delivery, deps.now());
    if (kind === 'done') mended += 1;
  }
  return mended;
}
