import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { FunctionName } from '../../lambdas/runtime/environment';
import { FUNCTION_DIMENSION, type MetricName } from '../../lambdas/runtime/metric-names';
import type { Watched } from './watched';

/** The period of most alarms. */
export const SHORT = Duration.minutes(1);
export const LONG = Duration.minutes(5);

/** Namespace of the metrics that functions count themselves: one for each stack, since an account may have several. */
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
 * The sum of metrics, by ids that are unique within a graph. Missing data counts as zero: DynamoDB's metrics have none while
 * nothing is throttled, and an alarm would otherwise never leave its state.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html `TreatMissingData`
 */
function total(label: string, usingMetrics: Readonly<Record<string, IMetric>>): IMetric {
  const filled = Object.keys(usingMetrics).map((id) => `FILL(${id}, 0)`);
  return new MathExpression({ label, expression: `SUM([${filled.join(', ')}])`, usingMetrics, period: LONG });
}

/** A metric of Lambda, added up over functions. */
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

/** Retries that their schedule could not enqueue, yet or at all. */
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

/** 5xx answers of the API. */
export const serverErrors = ({ httpApiId }: Watched): IMetric =>
  new Metric({
    namespace: 'AWS/ApiGateway',
    metricName: '5xx',
    dimensionsMap: { ApiId: httpApiId },
    statistic: Stats.SUM,
    period: LONG,
  });

/**
 * Requests that DynamoDB throttled, for any reason. The table's metrics leave out its indexes, though a hot partition of
 * an index throttles writes to the table.
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
