import * as z from 'zod/mini';
import type { Circuit } from '../domain/breaker';
import { internal, shown } from './members';

/** The attributes that determine the state of a circuit. */
interface Breaker {
  readonly status: 'active' | 'paused';
  readonly pausedAt?: string | undefined;
  readonly updatedAt: string;
  readonly circuit?: Circuit | undefined;
  readonly failures?: number | undefined;
}

const tripped = () => ({ token: z.string(), openedAt: z.number(), trips: z.int() });
const time = () => z.nullable(z.iso.datetime());

/** The breaker's state; absent while it is closed, and while the destination is paused. */
export const circuit = {
  ...internal(() =>
    z.optional(
      z.discriminatedUnion('state', [
        z.object({ state: z.literal('open'), ...tripped(), probeAt: z.number() }),
        z.object({ state: z.literal('half_open'), ...tripped(), probeUntil: z.number() }),
      ]),
    ),
  ),
  ...shown(
    () => ({
      circuit: z
        .object({
          state: z.enum(['closed', 'open', 'half_open']),
          consecutive_failures: z.int().check(z.minimum(0)),
          opened_at: time(),
          next_probe_at: time().register(z.globalRegistry, {
            description: 'Null unless it is open, and not by hand',
          }),
        })
        .register(z.globalRegistry, {
          id: 'CircuitState',
          description: 'While it is not closed, deliveries wait as circuit_open',
        }),
    }),
    (breaker: Breaker) => ({ circuit: circuitState(breaker) }),
  ),
};

/**
 * The state of a destination's breaker. A paused destination is one whose circuit was opened by hand, or by a 410: it stays
 * open until it is closed by hand.
 */
function circuitState({ status, pausedAt, updatedAt, circuit, failures = 0 }: Breaker) {
  const tripped = { consecutive_failures: failures, next_probe_at: null };
  if (status === 'paused') return { ...tripped, state: 'open' as const, opened_at: pausedAt ?? updatedAt };
  if (!circuit) return { ...tripped, state: 'closed' as const, opened_at: null };
  const probeAt = circuit.state === 'open' ? isoTime(circuit.probeAt) : null;
  return { ...tripped, state: circuit.state, opened_at: isoTime(circuit.openedAt), next_probe_at: probeAt };
}

/** How many deliveries wait for a destination. */
export interface Waiting {
  readonly parked: number;
  readonly retrying: number;
}

/** The breaker of a destination as its own resource. */
export function writeCircuit(destination: Breaker & { readonly id: string }, { parked, retrying }: Waiting) {
  const { state, consecutive_failures, opened_at, next_probe_at } = circuitState(destination);
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

const isoTime = (ms: number): string => new Date(ms).toISOString();
