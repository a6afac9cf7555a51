import type { MessageOutcome } from '../../domain/acknowledgement';
import { METRICS, type MetricName } from '../../runtime/metric-names';

const { succeeded, failed, died, parked } = METRICS.deliver;

/** The metrics that the outcome of a message counts in. Only what was recorded by this very worker counts. */
export function metricsOf(outcome: MessageOutcome): readonly MetricName[] {
  switch (outcome.kind) {
    case 'delivered':
      return [succeeded];
    case 'retry-scheduled':
      return [failed];
    case 'died':
      return [failed, died];
    case 'parked':
      return [parked];
    default:
      return [];
  }
}
