import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';
import { type Encryption, queueEncryption } from './encryption';

/** Where stream records end that cannot be read, so that they stop nothing, and the alarm that tells of them. */
export class SetAsideQueue extends Construct {
  readonly queue: Queue;
  readonly alarm: Alarm;

  constructor(scope: Construct, id: string, props: { readonly encryption: Encryption | undefined }) {
    super(scope, id);
    this.queue = new Queue(this, 'Queue', {
      ...queueEncryption(props.encryption),
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    for (const rule of ['AwsSolutions-SQS3', 'Serverless-SQSRedrivePolicy'] as const) {
      acknowledge(this.queue, rule, 'People read it; nothing consumes it that could fail.');
    }
    this.alarm = new Alarm(this, 'Alarm', {
      alarmDescription: 'Stream records could not be read and were set aside: their events or counts are incomplete.',
      metric: this.queue.metricApproximateNumberOfMessagesVisible({
        period: Duration.minutes(1),
        statistic: 'Maximum',
      }),
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}
