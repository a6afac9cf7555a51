import { Aws } from 'aws-cdk-lib';
import { Dashboard, GraphWidget, type IMetric, Stats, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { METRICS } from '../../lambdas/runtime/metric-names';
import {
  behindStream,
  counted,
  failedSchedules,
  LONG,
  overFunctions,
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
    // The names of dashboards are shared by all regions of an account.
    const dashboard = new Dashboard(this, 'Dashboard', { dashboardName: `${watched.stackName}-${Aws.REGION}` });
    dashboard.addWidgets(new TextWidget({ markdown: INTRODUCTION, width: 24, height: 2 }));
    dashboard.addWidgets(...incoming(watched));
    dashboard.addWidgets(...waiting(watched));
    dashboard.addWidgets(...parts(watched));
    dashboard.addWidgets(breakers(watched));
  }
}

const graph = (title: string, left: IMetric[], right: IMetric[] = []): GraphWidget =>
  new GraphWidget({ title, left, right, width: 8, height: 6, period: LONG });

function incoming(watched: Watched): GraphWidget[] {
  const { functions, deliveryQueue } = watched;
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
      [counted(watched, 'deliver', deliver.succeeded), counted(watched, 'deliver', deliver.failed)],
      [counted(watched, 'deliver', deliver.died), counted(watched, 'deliver', deliver.parked)],
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

const breakers = (watched: Watched): GraphWidget => {
  const { circuitOpened, circuitProbed, circuitReopened, circuitReleased, circuitClosed } = METRICS.deliver;
  const changes = [circuitOpened, circuitProbed, circuitReopened, circuitReleased, circuitClosed];
  return graph(
    'Breakers',
    changes.map((name) => counted(watched, 'deliver', name)),
  );
};

function parts(watched: Watched): GraphWidget[] {
  const { sweep } = METRICS;
  return [
    graph(
      'Functions',
      [overFunctions(watched, 'Errors'), overFunctions(watched, 'Throttles')],
      [watched.functions.deliver.function.metric('ConcurrentExecutions', { statistic: Stats.MAXIMUM, period: LONG })],
    ),
    graph('API, table, schedules', [serverErrors(watched), throttledRequests(watched), failedSchedules(watched)]),
    graph(
      'Sweep',
      [counted(watched, 'sweep', sweep.repairs), counted(watched, 'sweep', sweep.resumed)],
      [counted(watched, 'sweep', sweep.oldest, Stats.MAXIMUM)],
    ),
  ];
}
