import type { Destination } from '../../configuration/destination';
import { METRICS, type MetricName } from '../../runtime/metric-names';
import type { BreakerNews } from './breaker';

const { deliver } = METRICS;

/** The metric that a change of a breaker counts in. */
export const BREAKER_METRICS: Readonly<Record<BreakerNews, MetricName>> = {
  opened: deliver.circuitOpened,
  probing: deliver.circuitProbed,
  reopened: deliver.circuitReopened,
  released: deliver.circuitReleased,
  closed: deliver.circuitClosed,
};

/** What the log says of a change of a breaker. */
export function newsLine({ environment, id, failures = 0, circuit }: Destination) {
  const { state = 'closed', trips = 0 } = circuit ?? {};
  const next = circuit?.state === 'open' ? { nextProbeAt: new Date(circuit.probeAt).toISOString() } : {};
  return { environment, destination: id, circuit: state, failures, trips, ...next };
}
