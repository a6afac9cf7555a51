import { isRetried } from '../../domain/event-retry';
import type { DueAttempt } from '../../queue/enqueue';
import { type RoutePorts, routeEvent } from '../../routing/route-event';
import type { Delivery } from '../../store/deliveries/delivery-items';
import type { TransitionAnswer } from '../../store/deliveries/transitions';
import type { StoredEvent } from '../../store/events/events';

export interface RetryPorts extends RoutePorts {
  /** Starts a fresh round of attempts; the stream carries it back here to be enqueued. */
  restart(delivery: Delivery, now: number): Promise<TransitionAnswer>;
  /** Milliseconds since the epoch. */
  now(): number;
}

/**
 * Does what a retry of an event asks for: its failed deliveries start again; an event that no connection matched when it
 * came is routed now. Safe to repeat: a delivery that has changed since the call is left alone.
 *
 * @param event as the call left it
 * @param before as it was before the call
 * @returns the attempts that are to be enqueued
 */
export async function retryEvent(ports: RetryPorts, event: StoredEvent, before: StoredEvent): Promise<DueAttempt[]> {
  const { base, retryAt } = event;
  if (event.routing !== 'requested' || retryAt === undefined || retryAt === before.retryAt) return [];
  const deliveries = await ports.deliveriesOf(base);
  // The deliveries alone do not tell: a run that was cut off may have made some of them.
  if (before.routing === 'no_routes' || deliveries.length === 0) return routeEvent(ports, event);
  for (const delivery of deliveries.filter((one) => isRetried(one, retryAt))) {
    // Refused: it has moved on in this moment.
    await ports.restart(delivery, ports.now());
  }
  return [];
}
