import { expiry } from '../events/events';
import { byDestinationPk, deliveryKey, shardOf, timeKey, timelinePk } from '../table/addresses';
import { compactDelivery } from '../table/compact-items';
import { putNew } from '../table/put-new';
import type { Table } from '../table/table';
import { attentionKeys, type Delivery, ownerAttributes, parseDelivery } from './delivery-items';
import { refusedAttempt } from './refusals';

/** A delivery to be made. */
export interface NewDelivery
  extends Pick<
    Delivery,
    | 'base'
    | 'ordinal'
    | 'organization'
    | 'environment'
    | 'source'
    | 'connection'
    | 'destination'
    | 'cause'
    | 'maxAttempts'
    | 'createdAt'
    | 'receivedAt'
  > {
  /** Why the connection's schema refuses the payload: the delivery ends right away. */
  readonly refusal?: string | undefined;
  /** Its destination accepts nothing at the moment: it starts out parked. */
  readonly parked?: boolean | undefined;
}

/** The item of a new delivery with its index keys: pending, unless a schema refuses it or it has to wait. */
export function newDeliveryItem(delivery: NewDelivery, shards: number, retentionDays: number) {
  const { base, environment, destination, createdAt } = delivery;
  const sort = timeKey(createdAt, base, delivery.ordinal);
  return compactDelivery({
    ...deliveryKey(base, delivery.ordinal),
    ...ownerAttributes(delivery),
    src: delivery.source,
    ...standing(delivery, shards),
    cause: delivery.cause,
    roundStart: 0,
    maxAttempts: delivery.maxAttempts,
    createdAt,
    receivedAt: delivery.receivedAt,
    updatedAt: Date.parse(createdAt),
    expiresAt: expiry(Date.parse(createdAt), retentionDays),
    tlPk: timelinePk(environment, 'DLV', shardOf(base, shards)),
    tlSk: sort,
    dstPk: byDestinationPk(destination, 'DLV'),
    dstSk: sort,
  });
}

function standing(delivery: NewDelivery, shards: number) {
  const { refusal, parked, cause, createdAt } = delivery;
  if (refusal === undefined && parked)
    return { status: 'circuit_open', made: 0, ...attentionKeys(delivery, 'circuit_open', shards) };
  if (refusal === undefined) return { status: 'pending', made: 0 };
  const first = refusedAttempt({ made: 0, roundStart: 0, cause }, refusal, Date.parse(createdAt));
  return { status: 'schema_failed', made: 1, first, ...attentionKeys(delivery, 'schema_failed', shards) };
}

/**
 * Writes a new delivery, never over one that is there: routing may run twice over the same event, and a delivery that
 * has moved on must not be reset.
 *
 * @returns undefined when the delivery was written, else the one that is there already
 */
export async function putDelivery(
  table: Table,
  delivery: NewDelivery,
  settings: { readonly shards: number; readonly retentionDays: number },
): Promise<Delivery | undefined> {
  return putNew(table, newDeliveryItem(delivery, settings.shards, settings.retentionDays), parseDelivery);
}
