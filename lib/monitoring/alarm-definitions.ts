import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, type IMetric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS } from '../../lambdas/runtime/metric-names';
import {
  behindStream,
  counted,
  failedSchedules,
  overFunctions,
  SHORT,
  serverErrors,
  throttledRequests,
} from './metrics';
import type { Watched } from './watched';

/** `page`: deliveries are late or lost unless somebody acts now. `look`: look at it within a working day. */
export type Severity = 'page' | 'look';

/** Something that an operator must know. Its name is also the name of its section in the runbook. */
export interface AlarmDefinition {
  readonly name: string;
  readonly severity: Severity;
  /** What it means when it goes off, in a sentence. */
  readonly meaning: string;
  readonly metric: IMetric;
  /** It goes off from this value on, unless `operator` says otherwise. */
  readonly threshold: number;
  readonly operator?: ComparisonOperator;
  /** Periods in a row; defaults to one. */
  readonly periods?: number;
  /** What missing data means; by default that all is well. */
  readonly missing?: TreatMissingData;
}

/** Longer than any delay of the delivery queue's (15 minutes) and than its visibility timeout. */
const OLDEST_MESSAGE_SECONDS = 1800;

/** Functions whose failures no other alarm shows: the others answer 5xx or fall behind the stream. */
const UNATTENDED = ['deliver', 'sweep'] as const;

const visible = { period: SHORT, statistic: Stats.MAXIMUM };

/** What is watched, and the thresholds that an operator sets. */
export interface Limits extends Watched {
  /** Age in seconds from which an unsettled delivery is too old. */
  readonly oldestDeliverySeconds: number;
}

function deliveriesLate(watched: Limits): AlarmDefinition[] {
  return [
    {
      name: 'OldestMessage',
      severity: 'page',
      meaning:
        'A message has been in the delivery queue for longer than any delay explains: attempts are not being made.',
      metric: watched.deliveryQueue.metricApproximateAgeOfOldestMessage(visible),
      threshold: OLDEST_MESSAGE_SECONDS,
      periods: 5,
    },
    {
      name: 'OldestDelivery',
      severity: 'look',
      meaning: 'A delivery has been unsettled for a long time, whatever its state: retrying, parked or waiting.',
      metric: counted(watched, 'sweep', METRICS.sweep.oldest, Stats.MAXIMUM),
      threshold: watched.oldestDeliverySeconds,
    },
    {
      name: 'RouteBehind',
      severity: 'page',
      meaning: 'Accepted events wait for more than a minute before they become deliveries.',
      metric: behindStream(watched, 'route'),
      threshold: 60_000,
      periods: 3,
    },
    {
      name: 'SchedulesFailed',
      severity: 'page',
      meaning: 'Retries more than 15 minutes away could not be put on the delivery queue.',
      metric: failedSchedules(watched),
      threshold: 1,
    },
  ];
}

function needsLooking(watched: Limits): AlarmDefinition[] {
  return [
    {
      name: 'DeadLetters',
      severity: 'look',
      meaning: 'Deliveries have run out of attempts and wait for a redrive.',
      metric: watched.deadLetterQueue.metricApproximateNumberOfMessagesVisible(visible),
      threshold: 1,
    },
    {
      name: 'CircuitOpened',
      severity: 'look',
      meaning: 'A destination failed so often in a row that its deliveries wait until a probe succeeds.',
      metric: counted(watched, 'deliver', METRICS.deliver.circuitOpened),
      threshold: 1,
    },
    {
      name: 'ForeignDeadLetters',
      severity: 'look',
      meaning: 'The dead-letter queue holds messages that do not belong to Posthorn.',
      metric: counted(watched, 'sweep', METRICS.sweep.foreign, Stats.MAXIMUM),
      threshold: 1,
    },
    {
      name: 'SetAsideRecords',
      severity: 'page',
      meaning: 'Stream records could not be read and were set aside: their events or counts are incomplete.',
      metric: watched.setAsideQueue.metricApproximateNumberOfMessagesVisible(visible),
      threshold: 1,
    },
    {
      name: 'SweepRepairs',
      severity: 'look',
      meaning: 'The sweep repaired what a crash left behind. A healthy stack needs no repairs.',
      metric: counted(watched, 'sweep', METRICS.sweep.repairs),
      threshold: 1,
    },
    {
      name: 'StatisticsBehind',
      severity: 'look',
      meaning: 'Counters and statistics are more than five minutes behind.',
      metric: behindStream(watched, 'aggregate'),
      threshold: 300_000,
      periods: 3,
    },
  ];
}

function partsFail(watched: Limits): AlarmDefinition[] {
  return [
    {
      name: 'FunctionErrors',
      severity: 'page',
      meaning: 'Invocations of deliver or sweep failed as a whole.',
      metric: overFunctions(watched, 'Errors', UNATTENDED),
      threshold: 1,
      periods: 2,
    },
    {
      name: 'FunctionThrottles',
      severity: 'page',
      meaning: 'Lambda throttled deliver or sweep: the concurrency of the account is used up.',
      metric: overFunctions(watched, 'Throttles', UNATTENDED),
      threshold: 1,
      periods: 2,
    },
    {
      name: 'ServerErrors',
      severity: 'page',
      meaning: 'The API answered callers with server errors.',
      metric: serverErrors(watched),
      threshold: 1,
      periods: 2,
    },
    {
      name: 'TableThrottled',
      severity: 'look',
      meaning: 'DynamoDB throttled requests: a partition of the table or of an index gets more than it can take.',
      metric: throttledRequests(watched),
      threshold: 1,
      periods: 3,
    },
    {
      name: 'SweepSilent',
      severity: 'page',
      meaning: 'The sweep has not run: nothing is resumed, probed or repaired.',
      metric: watched.functions.sweep.function.metricInvocations({ statistic: Stats.SUM, period: Duration.hours(2) }),
      threshold: 1,
      operator: ComparisonOperator.LESS_THAN_THRESHOLD,
      missing: TreatMissingData.BREACHING,
    },
  ];
}

/** Everything that an operator must know. */
export const alarmDefinitions = (watched: Limits): AlarmDefinition[] => [
  ...deliveriesLate(watched),
  ...needsLooking(watched),
  ...partsFail(watched),
];
