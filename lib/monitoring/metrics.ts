import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { FunctionName } from '../../lambdas/runtime/environment';
import { FUNCTION_DIMENSION, METRIC_NAMESPACE, type MetricName } from '../../lambdas/runtime/metric-names';
import type { Watched } from './watched';

/** The period of most alarms. */
export const SHORT = Duration.minutes(1);
export const LONG = Duration.minutes(5);

/** A metric that a function counts itself. */
export const counted = (by: FunctionName, name: MetricName, statistic: string = Stats.SUM): Metric =>
  new Metric({
    namespace: METRIC_NAMESPACE,
    metricName: name,
    dimensionsMap: { [FUNCTION_DIMENSION]: by },
    statistic,
    period: LONG,
  });

/** A metric of Lambda's, added up over all functions. */
export function overAllFunctions({ functions }: Watched, of: 'Errors' | 'Throttles'): IMetric {
  const entries = Object.entries(functions);
  // One id may stand for one metric only in a graph.
  const idOf = (name: string) => `${name}${of}`;
  return new MathExpression({
    label: of,
    expression: `SUM([${entries.map(([name]) => idOf(name)).join(', ')}])`,
    usingMetrics: Object.fromEntries(
      entries.map(([name, one]) => [idOf(name), one.function.metric(of, { statistic: Stats.SUM, period: LONG })]),
    ),
    period: LONG,
  });
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
  const usingMetrics = { errors: of('TargetErrorCount'), dropped: of('InvocationDroppedCount') };
  return new MathExpression({ label: 'Failed', expression: 'SUM([errors, dropped])', usingMetrics, period: LONG });
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

/** Requests that DynamoDB throttled because a partition or the account was at its limit. */
export function throttledRequests({ table }: Watched): IMetric {
  const of = (metricName: string) =>
    new Metric({
      namespace: 'AWS/DynamoDB',
      metricName,
      dimensionsMap: { TableName: table.tableName },
      statistic: Stats.SUM,
      period: LONG,
    });
  const usingMetrics = { writes: of('WriteThrottleEvents'), reads: of('ReadThrottleEvents') };
  return new MathExpression({ label: 'Throttled', expression: 'SUM([writes, reads])', usingMetrics, period: LONG });
}
