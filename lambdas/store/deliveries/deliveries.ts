import { attemptKey, DELIVERY_PREFIX, deliveryKey, eventKey, readFamilyKey } from '../table/addresses';
import { getItem, queryAll } from '../table/reads';
import type { Table } from '../table/table';
import { type Delivery, parseAttempt, parseDelivery, type StoredAttempt } from './delivery-items';

/** Reads one delivery, strongly consistent. */
export async function getDelivery(table: Table, base: string, ordinal: number): Promise<Delivery | undefined> {
  const stored = await getItem(table, deliveryKey(base, ordinal));
  return stored && parseDelivery(stored);
}

/** All attempts of a delivery, the first one first. */
export async function attemptsOf(table: Table, delivery: Delivery): Promise<StoredAttempt[]> {
  const first = delivery.first ? [delivery.first] : [];
  if (delivery.made <= 1) return first;
  const { pk, sk } = deliveryKey(delivery.base, delivery.ordinal);
  const later = await queryAll(table, pk, `${sk}#ATT#`);
  return [...first, ...later.map(parseAttempt)];
}

/** The latest attempt of a delivery, or undefined if none was made. */
export const latestAttempt = (table: Table, delivery: Delivery): Promise<StoredAttempt | undefined> =>
  getAttempt(table, delivery, Math.max(1, delivery.made));

/** One attempt of a delivery, or undefined if it was not made. */
export async function getAttempt(table: Table, delivery: Delivery, number: number): Promise<StoredAttempt | undefined> {
  if (number === 1) return delivery.first;
  const stored = await getItem(table, attemptKey(delivery.base, delivery.ordinal, number));
  return stored && parseAttempt(stored);
}

/** All deliveries of an event, the first one first. */
export async function deliveriesOf(table: Table, base: string): Promise<Delivery[]> {
  return (await familyOf(table, base)).map(({ delivery }) => delivery);
}

/** A delivery with all its attempts after the first, in order. */
export interface DeliveryFamily {
  readonly delivery: Delivery;
  readonly later: readonly StoredAttempt[];
}

/** All deliveries of an event with their attempts, the first one first. */
export async function familyOf(table: Table, base: string): Promise<DeliveryFamily[]> {
  const items = (await queryAll(table, eventKey(base).pk, DELIVERY_PREFIX)).map((item) => {
    return { item, key: readFamilyKey({ pk: String(item.pk), sk: String(item.sk) }) };
  });
  const ofKind = (kind: string) => items.filter(({ key }) => key?.kind === kind);
  const attempts = ofKind('ATT');
  return ofKind('DLV').map(({ item, key }) => ({
    delivery: parseDelivery(item),
    later: attempts.filter((one) => one.key?.ordinal === key?.ordinal).map((one) => parseAttempt(one.item)),
  }));
}
