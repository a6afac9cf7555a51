import type { Destination } from '../configuration/destination';
import { mustWait } from '../domain/breaker';
import { destinationAddress } from '../store/configuration/destination-address';

/** What parking needs from outside. */
export interface ParkingPorts {
  /** A destination as it is now. */
  readDestinationNow(environment: string, id: string): Promise<Destination | undefined>;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Whether a new delivery is parked right away, given a recent copy of its destination. */
export type IsParked = (read: Destination) => Promise<boolean>;

const isUnwell = ({ status, circuit }: Destination): boolean => status === 'paused' || circuit !== undefined;

/**
 * Decides for one batch which new deliveries are parked right away, so that they take no place in the queue.
 *
 * A cached copy alone does not decide: once a destination accepts deliveries again, nothing new should have to wait for
 * the sweep. If a probe is due, the first delivery is enqueued and may become it. The others wait for its result: until
 * a worker gets to it, a busy queue would fill with messages that will all be parked.
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
