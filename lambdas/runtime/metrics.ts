import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { MetricName } from './metric-names';

// Powertools reads the namespace and the name of the function from environment variables.
const metrics = new Metrics();

/** Counts something once or more. Nothing is written before {@link publishMetrics}. */
export function count(name: MetricName, times = 1): void {
  if (times > 0) metrics.addMetric(name, MetricUnit.Count, times);
}

/** Notes a duration in seconds. */
export function measureSeconds(name: MetricName, seconds: number): void {
  metrics.addMetric(name, MetricUnit.Seconds, seconds);
}

/**
 * Writes what an invocation has counted as one log line in CloudWatch's embedded metric format: no API call, no
 * permission, no waiting.
 */
export function publishMetrics(): void {
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
}
