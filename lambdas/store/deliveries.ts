import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { attemptKey, DELIVERY_PREFIX, deliveryKey, eventKey, readDeliveryKey } from './addresses';
import { type Delivery, parseAttempt, parseDelivery, type StoredAttempt } from './delivery-items';
import { queryAll } from './query';
import type { Table } from './table';

/** Reads one delivery, strongly consistent. */
export async function getDelivery(table: Table, base: string, delivery: number): Promise<Delivery | undefined> {
  const command = new GetCommand({ TableName: table.name, Key: deliveryKey(base, delivery), ConsistentRead: true });
  const { Item } = await table.documents.send(command);
  return Item && parseDelivery(Item);
}

/** All attempts of a delivery, the first one first. */
export async function attemptsOf(table: Table, delivery: Delivery): Promise<StoredAttempt[]> {
  const first = delivery.first ? [delivery.first] : [];
  if (delivery.made <= 1) return first;
  const { pk, sk } = deliveryKey(delivery.base, delivery.delivery);
  const later = await queryAll(table, pk, `${sk}#ATT#`);
  return [...first, ...later.map(parseAttempt)];
}

/** The attempt of a delivery that was made last, or undefined when none was. */
export async function latestAttempt(table: Table, delivery: Delivery): Promise<StoredAttempt | undefined> {
  if (delivery.made <= 1) return delivery.first;
  const Key = attemptKey(delivery.base, delivery.delivery, delivery.made);
  const { Item } = await table.documents.send(new GetCommand({ TableName: table.name, Key, ConsistentRead: true }));
  return Item && parseAttempt(Item);
}

/** All deliveries of an event, the first one first. */
export async function deliveriesOf(table: Table, base: string): Promise<Delivery[]> {
  const items = await queryAll(table, eventKey(base).pk, DELIVERY_PREFIX);
  return items
    .filter((item) => readDeliveryKey({ pk: String(item.pk), sk: String(item.sk) }))
    .map((item) => parseDelivery(item));
}
