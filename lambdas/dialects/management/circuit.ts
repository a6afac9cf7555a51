import type { Destination } from '../../store/configuration/configuration';

/** Deliveries that wait for a destination. */
export interface Waiting {
  readonly parked: number;
  readonly retrying: number;
}

/** The breaker of a destination as its own resource. */
export function writeCircuit(destination: Destination, { parked, retrying }: Waiting) {
  const { state, consecutive_failures, opened_at, next_probe_at } = circuitMember(destination);
  return {
    destination_id: destination.id,
    circuit_state: state,
    failure_count: consecutive_failures,
    opened_at,
    next_probe_at,
    pending_retries: parked + retrying,
    parked,
  };
}

/**
 * The breaker of a destination as a member of it. A paused destination is one whose circuit was opened by hand, or by a
 * 410: it stays open until it is closed by hand.
 */
export function circuitMember({ status, pausedAt, updatedAt, circuit, failures = 0 }: Destination) {
  if (status === 'paused') return member('open', failures, pausedAt ?? updatedAt, null);
  if (!circuit) return member('closed', failures, null, null);
  const probeAt = circuit.state === 'open' ? isoTime(circuit.probeAt) : null;
  return member(circuit.state, failures, isoTime(circuit.openedAt), probeAt);
}

type State = 'open' | 'half_open' | 'closed';

const member = (state: State, failures: number, openedAt: string | null, nextProbeAt: string | null) => ({
  state,
  consecutive_failures: failures,
  opened_at: openedAt,
  next_probe_at: nextProbeAt,
});

const isoTime = (ms: number): string => new Date(ms).toISOString();
