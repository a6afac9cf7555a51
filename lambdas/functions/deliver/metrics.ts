import type { MessageOutcome } from '../../domain/acknowledgement';
import { METRICS, type MetricName } from '../../runtime/metric-names';
import type { BreakerNews } from './breaker';

const { deliver } = METRICS;

/** The metrics that the outcome of a message counts in. Only what was recorded by this very worker counts. */
export function metricsOf(outcome: MessageOutcome): readonly MetricName[] {
  switch (outcome.kind) {
    case 'delivered':
      return [deliver.succeeded];
    case 'retry-scheduled':
      return [deliver.failed];
    case 'died':
      return [deliver.failed, deliver.died];
    case 'parked':
      return [deliver.parked];
    default:
      return [];
  }
}

/** The metric that a change of a breaker counts in. */
export const BREAKER_METRICS: Readonly<Record<BreakerNews, MetricName>> = {
  opened: deliver.circuitOpened,
  probing: deliver.circuitProbed,
  reopened: deliver.circuitReopened,
  released: deliver.circuitReleased,
  closed: deliver.circuitClosed,
};
