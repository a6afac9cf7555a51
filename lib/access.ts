import { Effect, PolicyStatement, type PolicyStatementProps } from 'aws-cdk-lib/aws-iam';
import type { FunctionName } from '../lambdas/runtime/environment';
import type { Encryption } from './encryption';

/** A resource that functions may have access to. */
export type AccessTarget =
  | 'table'
  | 'indexes'
  | 'attentionIndex'
  | 'timelineIndex'
  | 'stream'
  | 'deliveryQueue'
  | 'deadLetterQueue'
  | 'setAsideQueue'
  | 'retrySchedules'
  | 'retryRole';

/** Actions that one function may call on one target. */
export interface Grant {
  readonly on: AccessTarget;
  readonly actions: readonly string[];
}

/**
 * Everything that each function may call, apart from writing to its own log group. Transactions are authorized by the
 * single actions they consist of, and `SendMessageBatch` by `SendMessage`.
 */
export const ACCESS: Readonly<Record<FunctionName, readonly Grant[]>> = {
  ingest: [
    {
      on: 'table',
      actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'],
    },
  ],
  route: [
    { on: 'table', actions: ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:UpdateItem'] },
    { on: 'table', actions: ['dynamodb:DeleteItem'] },
    {
      on: 'stream',
      actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'],
    },
    { on: 'deliveryQueue', actions: ['sqs:SendMessage'] },
    { on: 'setAsideQueue', actions: ['sqs:SendMessage'] },
  ],
  deliver: [
    { on: 'table', actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'] },
    { on: 'deliveryQueue', actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'] },
    { on: 'deliveryQueue', actions: ['sqs:SendMessage', 'sqs:ChangeMessageVisibility'] },
    { on: 'retrySchedules', actions: ['scheduler:CreateSchedule'] },
    { on: 'retryRole', actions: ['iam:PassRole'] },
  ],
  aggregate: [
    { on: 'table', actions: ['dynamodb:PutItem', 'dynamodb:UpdateItem'] },
    {
      on: 'stream',
      actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'],
    },
    { on: 'setAsideQueue', actions: ['sqs:SendMessage'] },
  ],
  api: [
    {
      on: 'table',
      actions: [
        'dynamodb:GetItem',
        'dynamodb:BatchGetItem',
        'dynamodb:Query',
        'dynamodb:PutItem',
        'dynamodb:UpdateItem',
        'dynamodb:DeleteItem',
      ],
    },
    { on: 'indexes', actions: ['dynamodb:Query'] },
  ],
  manage: [
    {
      on: 'table',
      actions: [
        'dynamodb:GetItem',
        'dynamodb:BatchGetItem',
        'dynamodb:Query',
        'dynamodb:PutItem',
        'dynamodb:UpdateItem',
        'dynamodb:DeleteItem',
        'dynamodb:ConditionCheckItem',
      ],
    },
  ],
  sweep: [
    { on: 'table', actions: ['dynamodb:BatchGetItem', 'dynamodb:Query', 'dynamodb:UpdateItem'] },
    { on: 'table', actions: ['dynamodb:PutItem', 'dynamodb:DeleteItem'] },
    { on: 'attentionIndex', actions: ['dynamodb:Query'] },
    { on: 'timelineIndex', actions: ['dynamodb:Query'] },
    { on: 'deliveryQueue', actions: ['sqs:GetQueueAttributes'] },
    { on: 'deadLetterQueue', actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'] },
    { on: 'deadLetterQueue', actions: ['sqs:ChangeMessageVisibility'] },
  ],
};

/** ARNs behind each target. */
export type AccessResources = Readonly<Record<AccessTarget, readonly string[]>>;

// A role may be passed only to the service that it is meant for.
const CONDITIONS: Partial<Record<AccessTarget, PolicyStatementProps['conditions']>> = {
  retryRole: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
};

/**
 * What a function needs of the operator's key, if there is one: DynamoDB and SQS use it on behalf of the caller. A
 * sender gets a data key, which SQS also decrypts to check it; a receiver has its data key decrypted.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
 */
export function keyStatementsFor(name: FunctionName, { statement }: Encryption): PolicyStatement[] {
  const actions = ACCESS[name].flatMap((grant) => grant.actions);
  const sends = actions.includes('sqs:SendMessage');
  const receives = actions.includes('sqs:ReceiveMessage');
  return [
    statement(TABLE_KEY_ACTIONS, ['dynamodb']),
    ...(sends || receives ? [statement(['kms:Decrypt', ...(sends ? ['kms:GenerateDataKey'] : [])], ['sqs'])] : []),
  ];
}

// What DynamoDB's documentation asks for, and what CDK grants to readers and writers. A call by itself should only need
// `kms:Decrypt`.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.howitworks.html#dynamodb-kms-authz
const TABLE_KEY_ACTIONS = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

/** The policy statements that give a function what `ACCESS` says. */
export function statementsFor(name: FunctionName, resources: AccessResources): PolicyStatement[] {
  return ACCESS[name].map(
    ({ on, actions }) =>
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions: [...actions],
        resources: [...resources[on]],
        conditions: CONDITIONS[on] ?? {},
      }),
  );
}
