import { type Delivery, parseDelivery } from '../../lambdas/store/deliveries/delivery-items';
import { enqueueStranded } from '../../lambdas/store/deliveries/transitions';
import { parseEvent, requestRetry, type StoredEvent } from '../../lambdas/store/events/events';
import { deliveryKey } from '../../lambdas/store/table/addresses';
import { getAll } from '../../lambdas/store/table/batch-get';
import { readable, UnreadableRecordError } from '../../lambdas/store/table/stream-records';
import type { Table } from '../../lambdas/store/table/table';
import type { SetAsideRecord } from './messages';
import { done, left, type Outcome } from './outcome';

/**
 * Takes back a record that `route` could not read: looks at its item as it is now, and if there is still something to do,
 * makes the write that a retry makes. The stream brings the item to `route` again.
 *
 * @param now milliseconds since the epoch
 */
export async function routeAgain(table: Table, record: SetAsideRecord, now: number): Promise<Outcome> {
  const [item] = await getAll(table, [record.key]);
  if (item === undefined) return done('was removed: nothing to do');
  try {
    const { event, delivery } = readable(() =>
      record.key.sk === 'EVT' ? { event: parseEvent(item) } : { delivery: parseDelivery(item) },
    );
    return event ? await routeEventAgain(table, event, record, now) : await enqueueAgain(table, delivery, now);
  } catch (error) {
    if (!(error instanceof UnreadableRecordError)) throw error;
    return left(`still cannot be read: ${error.message}`);
  }
}

async function enqueueAgain(table: Table, delivery: Delivery, now: number): Promise<Outcome> {
  if (delivery.status !== 'pending') return done(`has moved on: it is ${delivery.status}`);
  const { kind } = await enqueueStranded(table, delivery, now);
  return done(kind === 'done' ? 'is enqueued again' : 'has just moved on');
}

async function routeEventAgain(
  table: Table,
  event: StoredEvent,
  { eventName }: SetAsideRecord,
  now: number,
): Promise<Outcome> {
  const isWanted = eventName === 'INSERT' ? !(await wasRouted(table, event)) : event.routing === 'requested';
  if (!isWanted) return done('was routed already');
  return done((await requestRetry(table, event.base, now)) ? 'is routed again' : 'was removed just now');
}

/** Routing writes the first delivery before all others; an event that matched nothing is marked. */
async function wasRouted(table: Table, { base, routing }: StoredEvent): Promise<boolean> {
  return routing === 'no_routes' || (await getAll(table, [deliveryKey(base, 1)])).length > 0;
}
