import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { MAX_ORDINAL } from '../../domain/identifiers';
import { expiry } from '../events/events';
import { DELIVERY_PREFIX, type DeadLetterAddress, eventKey, readFamilyKey } from '../table/addresses';
import { ABSENT, EXISTS } from '../table/conditions';
import { updateOf, withCondition } from '../table/expressions';
import type { Table } from '../table/table';
import { CONDITION_FAILED, transact } from '../table/transact';
import { closingItems } from './close-dead-letter';
import type { Delivery } from './delivery-items';
import { type NewDelivery, newDeliveryItem } from './new-delivery';

/** A request to deliver an event once more, besides an existing delivery. */
export interface Repeat {
  readonly delivery: Delivery;
  readonly cause: 'requeue' | 'replay';
  /** The dead letter that this closes, if any. */
  readonly closes?: DeadLetterAddress | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export type RepeatAnswer =
  | { readonly kind: 'done'; readonly delivery: NewDelivery }
  /** The dead letter was closed in the meantime. */
  | { readonly kind: 'closed' }
  /** The event is no longer stored, or cannot have more deliveries. */
  | { readonly kind: 'impossible'; readonly why: 'event gone' | 'too many deliveries' };

/** How often the next ordinal is looked for again when others take it at the same time. */
const MAX_LOOKS = 10;

/**
 * Makes a new delivery of an event over the same connection, under the next ordinal. It is one transaction, and the
 * table's stream enqueues the result. The event is kept as long as its new delivery.
 */
export async function repeatDelivery(
  table: Table,
  repeat: Repeat,
  settings: { readonly shards: number; readonly retentionDays: number },
): Promise<RepeatAnswer> {
  const { base } = repeat.delivery;
  for (let look = 0; look < MAX_LOOKS; look += 1) {
    const ordinal = (await lastOrdinal(table, base)) + 1;
    if (ordinal > MAX_ORDINAL) return { kind: 'impossible', why: 'too many deliveries' };
    const delivery = newDelivery(repeat, ordinal);
    const answer = await transact(table, repeatItems(table.name, repeat, delivery, settings));
    if (answer.kind === 'done') return { kind: 'done', delivery };
    const [place, event] = answer.reasons;
    if (event?.code === CONDITION_FAILED) return { kind: 'impossible', why: 'event gone' };
    if (place?.code !== CONDITION_FAILED) return { kind: 'closed' };
  }
  throw new Error(`Others took the next place of a delivery ${MAX_LOOKS} times.`);
}

function newDelivery({ delivery, cause, now }: Repeat, ordinal: number): NewDelivery {
  const { base, organization, environment, source, connection, destination, maxAttempts } = delivery;
  return {
    ...{ base, organization, environment, source, connection, destination, cause, maxAttempts },
    ordinal,
    createdAt: new Date(now).toISOString(),
    receivedAt: delivery.receivedAt ?? delivery.createdAt,
  };
}

/** The writes of a repeat: the new delivery, the event's later expiry, and the dead letter's end. */
function repeatItems(
  table: string,
  { closes, now }: Repeat,
  delivery: NewDelivery,
  { shards, retentionDays }: { readonly shards: number; readonly retentionDays: number },
) {
  const Item = newDeliveryItem(delivery, shards, retentionDays);
  const later = withCondition(updateOf({ set: { expiresAt: expiry(now, retentionDays) } }), EXISTS);
  return [
    { Put: { TableName: table, Item, ConditionExpression: ABSENT } },
    { Update: { TableName: table, Key: eventKey(delivery.base), ...later } },
    ...(closes ? closingItems(table, closes) : []),
  ];
}

/** The ordinal of an event's last delivery; 0 when it has none. */
async function lastOrdinal(table: Table, base: string): Promise<number> {
  const { Items = [] } = await table.documents.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':pk': eventKey(base).pk, ':prefix': DELIVERY_PREFIX },
      ProjectionExpression: 'pk, sk',
      ScanIndexForward: false,
      ConsistentRead: true,
      Limit: 1,
    }),
  );
  const [last] = z.array(z.object({ pk: z.string(), sk: z.string() })).parse(Items);
  return (last && readFamilyKey(last)?.ordinal) ?? 0;
}
