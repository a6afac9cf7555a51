import type { Destination } from '../configuration/destination';
import { mustWait } from '../domain/breaker';
import { destinationAddress } from '../store/configuration/destination-address';

/** What parking needs from the world. */
export interface ParkingPorts {
  /** A destination as it is now. */
  readDestinationNow(environment: string, id: string): Promise<Destination | undefined>;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Whether a delivery, given its destination as it was some moments ago, waits from the beginning. */
export type IsParked = (read: Destination) => Promise<boolean>;

const isUnwell = ({ status, circuit }: Destination): boolean => status === 'paused' || circuit !== undefined;

/**
 * Decides for one batch which deliveries wait from the beginning, and take nobody's place in the queue.
 *
 * An old reading alone does not decide: after a destination takes deliveries again, nothing new should have to wait for the
 * sweep. Where a probe is due, the first delivery goes to the queue and may become it. The others wait for what it finds:
 * until a worker comes to that one, a busy queue would fill with messages that are all to be parked.
 */
export function createIsParked(ports: ParkingPorts): IsParked {
  const probing = new Set<string>();
  return async (read) => {
    if (!isUnwell(read)) return false;
    const now = await ports.readDestinationNow(read.environment, read.id);
    if (!now || !isUnwell(now)) return false;
    if (mustWait(now, ports.now()) || probing.has(destinationAddress(now))) return true;
    probing.add(destinationAddress(now));
    return false;
  };
}
