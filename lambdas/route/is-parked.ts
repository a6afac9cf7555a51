import { mustWait } from '../domain/breaker';
import type { Destination } from '../store/configuration';
import type { RoutePorts } from './route-event';

/**
 * Whether a delivery waits from the beginning, and takes nobody's place in the queue. An old reading alone does not decide:
 * after a destination takes deliveries again, nothing new should have to wait for the sweep.
 */
export async function isParked(
  ports: Pick<RoutePorts, 'readDestinationNow' | 'now'>,
  destination: Destination,
): Promise<boolean> {
  if (!mustWait(destination, ports.now())) return false;
  const now = await ports.readDestinationNow(destination.environment, destination.id);
  return now !== undefined && mustWait(now, ports.now());
}
