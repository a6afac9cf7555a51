import { describe, expect, it } from 'vitest';
import { resourcesOf, synthesize, theOnly } from './synthesized';

const DAY = 86_400;
const template = synthesize({ maxReceiveCount: '7', deliverTimeoutSeconds: '90', deliverMaxConcurrency: 20 });
const table = theOnly(template, 'AWS::DynamoDB::Table');
const queue = theOnly(template, 'AWS::SQS::Queue', '/DeliveryQueue/');
const deadLetters = theOnly(template, 'AWS::SQS::Queue', '/DeadLetterQueue/');
const deliver = theOnly(template, 'AWS::Lambda::Function', '/deliver/');
const streamMapping = theOnly(template, 'AWS::Lambda::EventSourceMapping', '/Stream/').properties;
const queueMapping = theOnly(template, 'AWS::Lambda::EventSourceMapping', '/Queue/').properties;

const patternsOf = (criteria: unknown): unknown[] =>
  JSON.parse(JSON.stringify(criteria)).Filters.map(({ Pattern }: { Pattern: string }) => JSON.parse(Pattern));

describe('the table', () => {
  it('streams both images of every change, so that routing follows from accepting', () => {
    expect(table.properties.StreamSpecification).toEqual({ StreamViewType: 'NEW_AND_OLD_IMAGES' });
  });

  it('forgets items at the time they carry', () => {
    expect(table.properties.TimeToLiveSpecification).toEqual({ AttributeName: 'expiresAt', Enabled: true });
  });

  it('can be restored to any second', () => {
    expect(table.properties.PointInTimeRecoverySpecification).toEqual({ PointInTimeRecoveryEnabled: true });
  });

  it('is paid by request and keyed by pk and sk', () => {
    expect(table.properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    });
  });

  it('has three indexes that hold keys only, so that settling a delivery rewrites none of them', () => {
    const index = (IndexName: string, prefix: string) => ({
      IndexName,
      KeySchema: [
        { AttributeName: `${prefix}Pk`, KeyType: 'HASH' },
        { AttributeName: `${prefix}Sk`, KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    });
    expect(table.properties.GlobalSecondaryIndexes).toEqual([
      index('timeline', 'tl'),
      index('by-destination', 'dst'),
      index('attention', 'att'),
    ]);
  });
});

describe('what holds data', () => {
  const stateful = ['AWS::DynamoDB::Table', 'AWS::SQS::Queue', 'AWS::KMS::Key'];
  /** Paths of the resources that stay when the stack is deleted, and their policies. */
  const kept = (of: typeof template) =>
    stateful.flatMap((type) =>
      Object.values(of.findResources(type))
        .filter(({ DeletionPolicy }) => ![undefined, 'Delete'].includes(DeletionPolicy))
        .map(({ DeletionPolicy, UpdateReplacePolicy, Metadata }) => [
          String(Metadata['aws:cdk:path']).split('/').slice(1, -1).join('/'),
          DeletionPolicy,
          UpdateReplacePolicy,
        ]),
    );

  it('stays when the stack is deleted, dead letters included, but not after a first deployment that failed', () => {
    expect(kept(synthesize({ customerManagedKey: true }))).toEqual([
      ['Data/Table', 'RetainExceptOnCreate', 'Retain'],
      ['Queues/DeadLetterQueue', 'RetainExceptOnCreate', 'Retain'],
      ['Key', 'RetainExceptOnCreate', 'Retain'],
    ]);
  });

  it('is deleted with the stack if the settings say so', () => {
    expect(kept(synthesize({ customerManagedKey: true, removalPolicy: 'destroy' }))).toEqual([]);
  });

  // CloudFormation cannot delete a protected table either, not even after a first deployment that failed.
  it('is protected from deletion if the settings say so', () => {
    const protection = (of: typeof template) =>
      theOnly(of, 'AWS::DynamoDB::Table').properties.DeletionProtectionEnabled;
    expect(protection(template)).toBe(false);
    expect(protection(synthesize({ deletionProtection: true }))).toBe(true);
  });
});

describe('the queues', () => {
  it('move a message to the dead-letter queue after the receives that were asked for', () => {
    expect(queue.properties.RedrivePolicy).toEqual({
      deadLetterTargetArn: { 'Fn::GetAtt': [deadLetters.id, 'Arn'] },
      maxReceiveCount: 7,
    });
  });

  it('hide a message for at least six timeouts of the function that works on it', () => {
    expect(deliver.properties.Timeout).toBe(90);
    expect(queue.properties.VisibilityTimeout).toBeGreaterThanOrEqual(6 * 90);
  });

  it('keep dead letters for 14 days, longer than the delivery queue keeps a message', () => {
    expect(deadLetters.properties.MessageRetentionPeriod).toBe(14 * DAY);
    expect(queue.properties.MessageRetentionPeriod).toBe(4 * DAY);
  });

  it('encrypt what they hold and refuse plain connections', () => {
    for (const { properties } of [queue, deadLetters]) expect(properties.SqsManagedSseEnabled).toBe(true);
    for (const { properties } of resourcesOf(template, 'AWS::SQS::QueuePolicy')) {
      expect(properties.PolicyDocument).toMatchObject({
        Statement: [{ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }],
      });
    }
    expect(resourcesOf(template, 'AWS::SQS::QueuePolicy')).toHaveLength(3);
  });
});

describe('the event source mappings', () => {
  it('let a batch fail in part, so that one bad record does not repeat the others', () => {
    for (const mapping of [streamMapping, queueMapping]) {
      expect(mapping.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
    }
  });

  it('wake route for accepted and retried events and for deliveries that are pending, requeued or replayed, and for nothing else', () => {
    expect(patternsOf(streamMapping.FilterCriteria)).toEqual([
      { eventName: ['INSERT'], dynamodb: { NewImage: { sk: { S: ['EVT'] } } } },
      {
        eventName: ['MODIFY'],
        dynamodb: { Keys: { sk: { S: ['EVT'] } }, NewImage: { routing: { S: ['requested'] } } },
      },
      {
        eventName: ['MODIFY'],
        dynamodb: { Keys: { sk: { S: [{ prefix: 'DLV#' }] } }, NewImage: { status: { S: ['pending'] } } },
      },
      {
        eventName: ['INSERT'],
        dynamodb: { Keys: { sk: { S: [{ prefix: 'DLV#' }] } }, NewImage: { cause: { S: ['requeue', 'replay'] } } },
      },
    ]);
  });

  it('read the stream from its oldest record and retry a record for as long as the stream has it', () => {
    expect(streamMapping).toMatchObject({
      EventSourceArn: { 'Fn::GetAtt': [table.id, 'StreamArn'] },
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 100,
      BisectBatchOnFunctionError: true,
    });
    for (const limit of ['MaximumRetryAttempts', 'MaximumRecordAgeInSeconds', 'TumblingWindowInSeconds']) {
      expect(streamMapping).not.toHaveProperty(limit);
    }
  });

  it('leave half of a small account to other functions, and take 50 batches of a large one', () => {
    const batches = (context: Record<string, unknown>) =>
      theOnly(synthesize(context), 'AWS::Lambda::EventSourceMapping', '/Queue/').properties.ScalingConfig;
    expect(batches({})).toEqual({ MaximumConcurrency: 5 });
    expect(batches({ accountConcurrency: 50 })).toEqual({ MaximumConcurrency: 25 });
    expect(batches({ accountConcurrency: 1000 })).toEqual({ MaximumConcurrency: 50 });
    expect(batches({ deliverMaxConcurrency: 200 })).toEqual({ MaximumConcurrency: 200 });
  });

  it('bound how many batches of deliveries run side by side', () => {
    expect(queueMapping).toMatchObject({
      EventSourceArn: { 'Fn::GetAtt': [queue.id, 'Arn'] },
      FunctionName: { Ref: deliver.id },
      BatchSize: 10,
      ScalingConfig: { MaximumConcurrency: 20 },
    });
  });
});

describe('the functions around the queue', () => {
  it('allow deliver, and only deliver, to send to the queue that invokes it', () => {
    const settings = resourcesOf(template, 'AWS::Lambda::Function').map(({ path, properties }) => [
      path.split('/')[2],
      properties.RecursiveLoop,
    ]);
    expect(Object.fromEntries(settings)).toEqual({
      ingest: undefined,
      aggregate: undefined,
      route: undefined,
      deliver: 'Allow',
      api: undefined,
      manage: undefined,
      sweep: undefined,
    });
  });

  it('leave a failed sweep to the next one: Lambda retries none, and starts none late', () => {
    const sweep = theOnly(template, 'AWS::Lambda::Function', '/sweep/');
    expect(theOnly(template, 'AWS::Lambda::EventInvokeConfig').properties).toEqual({
      FunctionName: { Ref: sweep.id },
      Qualifier: '$LATEST',
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 60,
    });
  });

  it.each([
    ['1', 'rate(1 minute)'],
    ['5', 'rate(5 minutes)'],
  ])('start sweep every %s minute(s)', (sweepIntervalMinutes, expression) => {
    const swept = synthesize({ sweepIntervalMinutes });
    expect(theOnly(swept, 'AWS::Scheduler::Schedule').properties).toMatchObject({
      ScheduleExpression: expression,
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: { 'Fn::GetAtt': [theOnly(swept, 'AWS::Lambda::Function', '/sweep/').id, 'Arn'] } },
    });
  });
});
