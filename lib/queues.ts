import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';
import { type Encryption, queueEncryption } from './encryption';
import { DELIVERY_RETENTION_DAYS, VISIBILITY_TIMEOUTS } from './settings';

export interface DeliveryQueuesProps {
  /** Receives after which SQS moves a message to the dead-letter queue. */
  readonly maxReceiveCount: number;
  /** Timeout of the function that consumes the queue, in seconds. */
  readonly consumerTimeoutSeconds: number;
  readonly encryption: Encryption | undefined;
  /** What happens to dead letters when the stack is deleted. */
  readonly removalPolicy: RemovalPolicy;
}

/** The queue of deliveries that are due, and the native dead-letter queue behind it. */
export class DeliveryQueues extends Construct {
  readonly deliveryQueue: Queue;
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, props: DeliveryQueuesProps) {
    super(scope, id);
    const common = { ...queueEncryption(props.encryption), enforceSSL: true };
    this.deadLetterQueue = new Queue(this, 'DeadLetterQueue', {
      ...common,
      // The longest that SQS offers. A message keeps its age when it is moved, so the source queue's has to be shorter.
      retentionPeriod: Duration.days(14),
      removalPolicy: props.removalPolicy,
    });
    acknowledge(this.deadLetterQueue, 'Serverless-SQSRedrivePolicy', 'It is the dead-letter queue itself.');
    this.deliveryQueue = new Queue(this, 'DeliveryQueue', {
      ...common,
      retentionPeriod: Duration.days(DELIVERY_RETENTION_DAYS),
      visibilityTimeout: Duration.seconds(VISIBILITY_TIMEOUTS * props.consumerTimeoutSeconds),
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: props.maxReceiveCount },
    });
  }
}

/** The queue for stream records that cannot be read, so that they block nothing. */
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
