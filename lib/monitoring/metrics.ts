import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { FunctionName } from '../../lambdas/runtime/environment';
import { FUNCTION_DIMENSION, type MetricName } from '../../lambdas/runtime/metric-names';
import type { Watched } from './watched';

/** How often the figures of alarms are looked at. */
export const SHORT = Duration.minutes(1);
export const LONG = Duration.minutes(5);

/** Namespace of the metrics that the functions of a stack count themselves. An account may have several stacks. */
export const metricNamespace = (stackName: string): string => `Posthorn/${stackName}`;

/** A metric that a function counts itself. */
export const counted = (
  { stackName }: Pick<Watched, 'stackName'>,
  by: FunctionName,
  name: MetricName,
  statistic: string = Stats.SUM,
): Metric =>
  new Metric({
    namespace: metricNamespace(stackName),
    metricName: name,
    dimensionsMap: { [FUNCTION_DIMENSION]: by },
    statistic,
    period: LONG,
  });

/**
 * Metrics added up, by ids that are unique in a graph. What has no data counts as zero. Without that, an alarm on DynamoDB's
 * metrics would stay as it is, because these have no data while nothing is throttled.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html `TreatMissingData`
 */
function total(label: string, usingMetrics: Readonly<Record<string, IMetric>>): IMetric {
  const filled = Object.keys(usingMetrics).map((id) => `FILL(${id}, 0)`);
  return new MathExpression({ label, expression: `SUM([${filled.join(', ')}])`, usingMetrics, period: LONG });
}

/** A metric of Lambda's, added up over functions. */
export function overFunctions(
  { functions }: Watched,
  of: 'Errors' | 'Throttles',
  names = Object.keys(functions) as readonly FunctionName[],
): IMetric {
  const metric = (name: FunctionName) => functions[name].function.metric(of, { statistic: Stats.SUM, period: LONG });
  return total(of, Object.fromEntries(names.map((name) => [`${name}${of}`, metric(name)])));
}

/** How far a function is behind the table's stream, in milliseconds. */
export const behindStream = ({ functions }: Watched, name: 'route' | 'aggregate'): IMetric =>
  functions[name].function.metric('IteratorAge', { statistic: Stats.MAXIMUM, period: SHORT });

/** Retries whose schedule could not put them on the queue, for now or for good. */
export function failedSchedules({ scheduleGroup }: Watched): IMetric {
  const of = (metricName: string) =>
    new Metric({
      namespace: 'AWS/Scheduler',
      metricName,
      dimensionsMap: { ScheduleGroup: scheduleGroup },
      statistic: Stats.SUM,
      period: LONG,
    });
  return total('Failed', { errors: of('TargetErrorCount'), dropped: of('InvocationDroppedCount') });
}

/** Answers of the API that blame the service. */
export const serverErrors = ({ httpApiId }: Watched): IMetric =>
  new Metric({
    namespace: 'AWS/ApiGateway',
    metricName: '5xx',
    dimensionsMap: { ApiId: httpApiId },
    statistic: Stats.SUM,
    period: LONG,
  });

/**
 * Requests that DynamoDB refused, for whatever reason. Those of an index are in no metric of the table, though a partition
 * of an index that is too hot has writes to the table refused.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html `WriteThrottleEvents`
 */
export function throttledRequests({ tableName, indexNames }: Watched): IMetric {
  const of = (metricName: string, index?: string) =>
    new Metric({
      namespace: 'AWS/DynamoDB',
      metricName,
      dimensionsMap: { TableName: tableName, ...(index !== undefined && { GlobalSecondaryIndexName: index }) },
      statistic: Stats.SUM,
      period: LONG,
    });
  const places = [undefined, ...indexNames];
  const metrics = places.flatMap((index, place) => [
    [`writes${place}`, of('WriteThrottleEvents', index)] as const,
    [`reads${place}`, of('ReadThrottleEvents', index)] as const,
  ]);
  return total('Throttled', Object.fromEntries(metrics));
}
