import { Duration } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';
import { type Encryption, queueEncryption } from './encryption';

/** Where stream records end that cannot be read, so that they stop nothing. */
export class SetAsideQueue extends Construct {
  readonly queue: Queue;

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
  }
}
