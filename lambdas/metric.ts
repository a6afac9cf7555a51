/** The namespace of all metrics. */
const NAMESPACE = 'Posthorn';

/**
 * Members that make a log line a metric as well: CloudWatch reads them from the log, so counting costs no call
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
 * It has no dimension but the function's log group; what it was about is in the line itself.
 *
 * @param name in the words of the field, such as `CircuitOpened`
 * @param now milliseconds since the epoch
 */
export function countOf(name: string, now: number) {
  const Metrics = [{ Name: name, Unit: 'Count' }];
  return {
    _aws: { Timestamp: now, CloudWatchMetrics: [{ Namespace: NAMESPACE, Dimensions: [[]], Metrics }] },
    [name]: 1,
  };
}
