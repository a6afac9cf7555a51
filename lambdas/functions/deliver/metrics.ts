import type { MessageOutcome } from '../../domain/acknowledgement';
import { METRICS, type MetricName } from '../../runtime/metric-names';
import type { BreakerNews } from './breaker';

const { deliver } = METRICS;

/** The metrics for the outcome of a message. Only what this worker recorded itself counts. */
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

/** The metric for each change of a breaker. */
export const BREAKER_METRICS: Readonly<Record<BreakerNews, MetricName>> = {
  opened: deliver.circuitOpened,
  probing: deliver.circuitProbed,
  reopened: deliver.circuitReopened,
  released: deliver.circuitReleased,
  closed: deliver.circuitClosed,
};
