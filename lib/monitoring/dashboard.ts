import { Dashboard, GraphWidget, type IMetric, Stats, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { METRICS } from '../../lambdas/runtime/metric-names';
import {
  behindStream,
  counted,
  failedSchedules,
  LONG,
  overAllFunctions,
  serverErrors,
  throttledRequests,
} from './metrics';
import type { Watched } from './watched';

const INTRODUCTION =
  '# Posthorn\nFrom left to right: what comes in, what goes out, what waits. The runbook has a section for each alarm.';

/** One page that shows whether events arrive, whether deliveries leave, and what holds them up. */
export class OperatorDashboard extends Construct {
  constructor(scope: Construct, id: string, watched: Watched) {
    super(scope, id);
    const dashboard = new Dashboard(this, 'Dashboard', { dashboardName: watched.stackName });
    dashboard.addWidgets(new TextWidget({ markdown: INTRODUCTION, width: 24, height: 2 }));
    dashboard.addWidgets(...incoming(watched));
    dashboard.addWidgets(...waiting(watched));
    dashboard.addWidgets(...parts(watched));
    dashboard.addWidgets(breakers());
  }
}

const graph = (title: string, left: IMetric[], right: IMetric[] = []): GraphWidget =>
  new GraphWidget({ title, left, right, width: 8, height: 6, period: LONG });

function incoming({ functions, deliveryQueue }: Watched): GraphWidget[] {
  const { deliver } = METRICS;
  const sum = { statistic: Stats.SUM, period: LONG };
  return [
    graph(
      'Accepting events',
      [functions.ingest.function.metricInvocations(sum)],
      [functions.ingest.function.metricDuration({ statistic: Stats.percentile(99), period: LONG })],
    ),
    graph('Messages enqueued and done', [
      deliveryQueue.metricNumberOfMessagesSent(sum),
      deliveryQueue.metricNumberOfMessagesDeleted(sum),
    ]),
    graph(
      'Attempts',
      [counted('deliver', deliver.succeeded), counted('deliver', deliver.failed)],
      [counted('deliver', deliver.died), counted('deliver', deliver.parked)],
    ),
  ];
}

function waiting(watched: Watched): GraphWidget[] {
  const { deliveryQueue, deadLetterQueue, setAsideQueue } = watched;
  const maximum = { statistic: Stats.MAXIMUM, period: LONG };
  return [
    graph(
      'Delivery queue',
      [deliveryQueue.metricApproximateNumberOfMessagesVisible(maximum)],
      [deliveryQueue.metricApproximateAgeOfOldestMessage(maximum)],
    ),
    graph('Behind the stream (ms)', [behindStream(watched, 'route'), behindStream(watched, 'aggregate')]),
    graph('Dead letters', [
      deadLetterQueue.metricApproximateNumberOfMessagesVisible(maximum),
      setAsideQueue.metricApproximateNumberOfMessagesVisible(maximum),
    ]),
  ];
}

const breakers = (): GraphWidget => {
  const { circuitOpened, circuitProbed, circuitReopened, circuitReleased, circuitClosed } = METRICS.deliver;
  const changes = [circuitOpened, circuitProbed, circuitReopened, circuitReleased, circuitClosed];
  return graph(
    'Breakers',
    changes.map((name) => counted('deliver', name)),
  );
};

function parts(watched: Watched): GraphWidget[] {
  const { sweep } = METRICS;
  return [
    graph(
      'Functions',
      [overAllFunctions(watched, 'Errors'), overAllFunctions(watched, 'Throttles')],
      [watched.functions.deliver.function.metric('ConcurrentExecutions', { statistic: Stats.MAXIMUM, period: LONG })],
    ),
    graph('API, table, schedules', [serverErrors(watched), throttledRequests(watched), failedSchedules(watched)]),
    graph(
      'Sweep',
      [counted('sweep', sweep.repairs), counted('sweep', sweep.resumed)],
      [counted('sweep', sweep.oldest, Stats.MAXIMUM)],
    ),
  ];
}
