import { isRetried } from '../../domain/event-retry';
import type { DueAttempt } from '../../queue/enqueue';
import { type RoutePorts, routeEvent } from '../../routing/route-event';
import type { Delivery } from '../../store/deliveries/delivery-items';
import type { TransitionAnswer } from '../../store/deliveries/transitions';
import type { StoredEvent } from '../../store/events/events';

export interface RetryPorts extends RoutePorts {
  /** Starts a new round of attempts; the stream brings it back here to be enqueued. */
  restart(delivery: Delivery, now: number): Promise<TransitionAnswer>;
  /** Milliseconds since the epoch. */
  now(): number;
}

/**
 * Retries an event: restarts its failed deliveries, or routes it now if no connection matched it before. Safe to
 * repeat: a delivery that has changed since the call is left alone.
 *
 * @param event as the call left it
 * @param before as it was before the call
 * @returns the attempts to enqueue
 */
export async function retryEvent(ports: RetryPorts, event: StoredEvent, before: StoredEvent): Promise<DueAttempt[]> {
  const { base, retryAt } = event;
  if (event.routing !== 'requested' || retryAt === undefined || retryAt === before.retryAt) return [];
  const deliveries = await ports.deliveriesOf(base);
  // Deliveries alone do not say so: a run that was cut off may have made some of them.
  if (before.routing === 'no_routes' || deliveries.length === 0) return routeEvent(ports, event);
  for (const delivery of deliveries.filter((one) => isRetried(one, retryAt))) {
    // If refused, it has just moved on.
    await ports.restart(delivery, ports.now());
  }
  return [];
}
