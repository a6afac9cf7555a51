import { Duration } from 'aws-cdk-lib';
import {
  EventSourceMapping,
  FilterCriteria,
  FilterRule,
  type IFunction,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { acknowledge, type NagRule } from './acknowledge';

export interface EventSourcesProps {
  readonly route: IFunction;
  readonly aggregate: IFunction;
  readonly deliver: IFunction;
  readonly streamArn: string;
  readonly deliveryQueueArn: string;
  /** How many batches of deliveries run concurrently. */
  readonly deliverMaxConcurrency: number;
}

const NO_DESTINATION: NagRule = 'Serverless-LambdaEventSourceMappingDestination';

/** What starts the pipeline's functions: the table's stream starts `route` and `aggregate`, the delivery queue `deliver`. */
export class EventSources extends Construct {
  constructor(scope: Construct, id: string, props: EventSourcesProps) {
    super(scope, id);
    this.mapStream(props);
    this.mapStatistics(props);
    this.mapQueue(props);
  }

  // No maximum age or number of retries: a record is retried until the stream itself drops it after a day.
  private mapStream({ route, streamArn }: EventSourcesProps): void {
    const mapping = new EventSourceMapping(this, 'Stream', {
      target: route,
      eventSourceArn: streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      filters: [eventAccepted(), eventRetried(), deliveryPutBack(), deliveryRepeated()],
    });
    acknowledge(mapping, NO_DESTINATION, 'Records are retried until they expire; what they say is in the table.');
  }

  // Repeats are recognized only if they begin at the same record. So a batch succeeds or fails as a whole: no
  // bisecting, no partial answers. The mapping must not be replaced either: its position would be lost.
  private mapStatistics({ aggregate, streamArn }: EventSourcesProps): void {
    const mapping = new EventSourceMapping(this, 'Statistics', {
      target: aggregate,
      eventSourceArn: streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      // The records of a hundred deliveries: for each the event, the new delivery and the outcome.
      batchSize: 300,
      maxBatchingWindow: Duration.seconds(2),
      filters: countedChanges(),
    });
    acknowledge(mapping, NO_DESTINATION, 'Records are retried until they expire; what they say is in the table.');
  }

  private mapQueue({ deliver, deliveryQueueArn, deliverMaxConcurrency }: EventSourcesProps): void {
    const mapping = new EventSourceMapping(this, 'Queue', {
      target: deliver,
      eventSourceArn: deliveryQueueArn,
      batchSize: 10,
      maxConcurrency: deliverMaxConcurrency,
      reportBatchItemFailures: true,
    });
    acknowledge(mapping, NO_DESTINATION, 'The redrive policy of the queue moves failures to the dead-letter queue.');
  }
}

// An event source takes five filters. They drop what changes no count, above all every claim of a pending delivery.
const countedChanges = () => [
  FilterCriteria.filter({
    eventName: FilterRule.isEqual('INSERT'),
    dynamodb: { Keys: { sk: { S: FilterRule.isEqual('EVT') } } },
  }),
  FilterCriteria.filter({
    dynamodb: { Keys: deliveryKeys(), NewImage: { status: { S: FilterRule.notEquals('sent') } } },
  }),
  FilterCriteria.filter({
    dynamodb: {
      Keys: deliveryKeys(),
      NewImage: { status: { S: FilterRule.isEqual('sent') } },
      OldImage: { status: { S: [{ 'anything-but': ['pending', 'sent'] }] } },
    },
  }),
  FilterCriteria.filter({
    eventName: FilterRule.isEqual('INSERT'),
    dynamodb: { Keys: deliveryKeys(), NewImage: { failedAt: { S: FilterRule.exists() } } },
  }),
  FilterCriteria.filter({
    eventName: FilterRule.isEqual('REMOVE'),
    dynamodb: { Keys: { pk: { S: FilterRule.beginsWith('EVT#') } } },
  }),
];

const deliveryKeys = () => ({ sk: { S: FilterRule.beginsWith('DLV#') } });

const eventAccepted = () =>
  FilterCriteria.filter({
    eventName: FilterRule.isEqual('INSERT'),
    dynamodb: { NewImage: { sk: { S: FilterRule.isEqual('EVT') } } },
  });

// Marking an event as unmatched is a change too, and must not route it again.
const eventRetried = () =>
  FilterCriteria.filter({
    eventName: FilterRule.isEqual('MODIFY'),
    dynamodb: {
      Keys: { sk: { S: FilterRule.isEqual('EVT') } },
      NewImage: { routing: { S: FilterRule.isEqual('requested') } },
    },
  });

// A retry or replay sets a delivery back to pending; nothing on the way from pending to delivered does.
const deliveryPutBack = () =>
  FilterCriteria.filter({
    eventName: FilterRule.isEqual('MODIFY'),
    dynamodb: {
      Keys: { sk: { S: FilterRule.beginsWith('DLV#') } },
      NewImage: { status: { S: FilterRule.isEqual('pending') } },
    },
  });

// A requeue or replay over HTTP writes a new delivery and nothing else. What routing writes, it enqueues itself.
const deliveryRepeated = () =>
  FilterCriteria.filter({
    eventName: FilterRule.isEqual('INSERT'),
    dynamodb: {
      Keys: { sk: { S: FilterRule.beginsWith('DLV#') } },
      NewImage: { cause: { S: FilterRule.or('requeue', 'replay') } },
    },
  });
