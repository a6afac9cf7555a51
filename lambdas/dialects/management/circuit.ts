import type { Destination } from '../../store/configuration';

/**
 * The breaker of a destination as the management surface writes it: a paused destination is one that was opened by hand,
 * or by a 410.
 *
 * @param pending deliveries that wait for the destination
 */
export function writeCircuit(destination: Destination, pending: number) {
  const open = destination.status === 'paused';
  return {
    destination_id: destination.id,
    circuit_state: open ? 'open' : 'closed',
    failure_count: 0,
    opened_at: open ? (destination.pausedAt ?? destination.updatedAt) : null,
    pending_retries: pending,
  };
}
