import { countOf } from '../metric';
import type { Destination } from '../store/configuration';
import type { BreakerNews } from './breaker';

/** Names of the metrics, which alarms and dashboards use. */
export const BREAKER_METRICS: Readonly<Record<BreakerNews, string>> = {
  opened: 'CircuitOpened',
  probing: 'CircuitHalfOpened',
  reopened: 'CircuitReopened',
  released: 'CircuitProbeReleased',
  closed: 'CircuitClosed',
};

/** What the log says of a change of a breaker. It is a metric too. */
export function newsLine(news: BreakerNews, { environment, id, failures = 0, circuit }: Destination, now: number) {
  const { state = 'closed', trips = 0 } = circuit ?? {};
  const next = circuit?.state === 'open' ? { nextProbeAt: new Date(circuit.probeAt).toISOString() } : {};
  return {
    environment,
    destination: id,
    circuit: state,
    failures,
    trips,
    ...next,
    ...countOf(BREAKER_METRICS[news], now),
  };
}
