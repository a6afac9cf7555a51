import { marshall } from '@aws-sdk/util-dynamodb';
import type { Delivery } from '../../../lambdas/store/deliveries/delivery-items';
import type { StoredEvent } from '../../../lambdas/store/events/events';
import { deliveryKey, eventKey } from '../../../lambdas/store/table/addresses';

/** A delivery as it lies in the table. */
export function deliveryItem(delivery: Delivery): Record<string, unknown> {
  const { base, ordinal, organization, environment, source, connection, destination, ...rest } = delivery;
  const owners = { org: organization, env: environment, src: source, con: connection, dst: destination };
  return { ...deliveryKey(base, ordinal), ...owners, ...rest };
}

/** An event as it lies in the table, its body as it came. */
export function eventItem(event: StoredEvent): Record<string, unknown> {
  const { base, organization, environment, source, ...rest } = event;
  return { ...eventKey(base), org: organization, env: environment, src: source, ...rest };
}

/** An item in DynamoDB's own notation, as errors and streams carry it. */
export const marshalled = (item: Record<string, unknown>) => marshall(item, { removeUndefinedValues: true });
