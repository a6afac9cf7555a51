import type { Period, Statistics } from '../../statistics/read-statistics';

/** Statistics as this surface and Webhook Relay write them. */
export function writeStatistics(statistics: Statistics, period: Period) {
  const { total, delivered, failed, pending, successRate } = statistics;
  const { avgLatency, p50Latency, p95Latency, p99Latency } = statistics;
  return {
    ...{ total, delivered, failed, pending, successRate },
    ...{ avgLatency, p50Latency, p95Latency, p99Latency },
    period,
  };
}
