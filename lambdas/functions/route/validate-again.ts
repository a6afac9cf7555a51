import type { Connection } from '../../configuration/connection';
import type { Validate } from '../../payload-schemas/validators';
import { lazyJson } from '../../routing/payload';
import type { Delivery } from '../../store/deliveries/delivery-items';
import type { StoredEvent } from '../../store/events/events';

export interface ValidationPorts {
  /** Connections of an environment, read consistently, so that a corrected schema applies at once. */
  listConnections(environment: string): Promise<readonly Connection[]>;
  readEvent(base: string): Promise<StoredEvent | undefined>;
  /** Applies schemas to one payload. */
  validatorFor(payload: ReturnType<typeof lazyJson>): Validate;
  /** Records that a pending delivery is refused, unless it has moved on. */
  refuseDelivery(delivery: Delivery, problem: string, now: number): Promise<void>;
  /** Milliseconds since the epoch. */
  now(): number;
}

/**
 * Validates a delivery that was put back to `pending` against its connection's current schema, if a round of attempts
 * is about to begin. One that continues its round was validated when that began.
 *
 * Safe to repeat: a refused delivery is no longer pending, and one that was sent in the meantime stays sent.
 *
 * @returns whether it is refused, and must not be enqueued
 */
export async function isRefused(ports: ValidationPorts, delivery: Delivery): Promise<boolean> {
  if (delivery.made !== delivery.roundStart) return false;
  const connections = await ports.listConnections(delivery.environment);
  const schema = connections.find(({ id }) => id === delivery.connection)?.schema;
  const event = schema && (await ports.readEvent(delivery.base));
  if (!schema || !event) return false;
  const problem = await ports.validatorFor(lazyJson(event))(schema);
  if (problem === undefined) return false;
  await ports.refuseDelivery(delivery, problem, ports.now());
  return true;
}
