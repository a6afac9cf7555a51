import { describe, expect, it } from 'vitest';
import { type Statement, statementsByRole, textOf } from './policies';
import { resourcesOf, synthesize, theOnly } from './synthesized';

const template = synthesize();
const table = theOnly(template, 'AWS::DynamoDB::Table').id;
const queue = theOnly(template, 'AWS::SQS::Queue', '/DeliveryQueue/').id;
const deadQueue = theOnly(template, 'AWS::SQS::Queue', '/DeadLetterQueue/').id;
const aside = theOnly(template, 'AWS::SQS::Queue', '/SetAside/').id;
const group = theOnly(template, 'AWS::Scheduler::ScheduleGroup').id;
const retryRole = theOnly(template, 'AWS::IAM::Role', '/Retries/').id;
const sweepRole = theOnly(template, 'AWS::IAM::Role', '/Sweep/').id;
const statements = statementsByRole(template);

const TABLE = `<${table}.Arn>`;
const INDEXES = [`${TABLE}/index/attention`, `${TABLE}/index/by-destination`, `${TABLE}/index/timeline`].join(' ');
const SWEPT = [`${TABLE}/index/attention`, `${TABLE}/index/timeline`].join(' ');
const STREAM = `<${table}.StreamArn>`;
const QUEUE = `<${queue}.Arn>`;
const DEAD_LETTERS = `<${deadQueue}.Arn>`;
const ASIDE = `<${aside}.Arn>`;
const SCHEDULES = `arn:<AWS::Partition>:scheduler:<AWS::Region>:<AWS::AccountId>:schedule/<${group}>/*`;

// Who may do what, written down a second time on purpose: a grant that is added in one place only fails here.
const EXPECTED: Record<string, Record<string, string>> = {
  ingest: { [TABLE]: 'dynamodb:DeleteItem dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem' },
  route: {
    [TABLE]: 'dynamodb:DeleteItem dynamodb:GetItem dynamodb:PutItem dynamodb:Query dynamodb:UpdateItem',
    [STREAM]: 'dynamodb:DescribeStream dynamodb:GetRecords dynamodb:GetShardIterator dynamodb:ListStreams',
    [[ASIDE, QUEUE].sort().join(' ')]: 'sqs:SendMessage',
  },
  deliver: {
    [TABLE]: 'dynamodb:DeleteItem dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem',
    [QUEUE]: 'sqs:ChangeMessageVisibility sqs:DeleteMessage sqs:GetQueueAttributes sqs:ReceiveMessage sqs:SendMessage',
    [SCHEDULES]: 'scheduler:CreateSchedule',
    [`<${retryRole}.Arn>`]: 'iam:PassRole',
  },
  aggregate: {
    [TABLE]: 'dynamodb:PutItem dynamodb:UpdateItem',
    [STREAM]: 'dynamodb:DescribeStream dynamodb:GetRecords dynamodb:GetShardIterator dynamodb:ListStreams',
    [ASIDE]: 'sqs:SendMessage',
  },
  api: {
    [TABLE]:
      'dynamodb:BatchGetItem dynamodb:DeleteItem dynamodb:GetItem dynamodb:PutItem dynamodb:Query dynamodb:UpdateItem',
    [INDEXES]: 'dynamodb:Query',
  },
  manage: {
    [TABLE]:
      'dynamodb:BatchGetItem dynamodb:ConditionCheckItem dynamodb:DeleteItem dynamodb:GetItem dynamodb:PutItem dynamodb:Query dynamodb:UpdateItem',
  },
  sweep: {
    [TABLE]: 'dynamodb:BatchGetItem dynamodb:DeleteItem dynamodb:PutItem dynamodb:Query dynamodb:UpdateItem',
    [SWEPT]: 'dynamodb:Query',
    [QUEUE]: 'sqs:GetQueueAttributes',
    [DEAD_LETTERS]: 'sqs:ChangeMessageVisibility sqs:DeleteMessage sqs:GetQueueAttributes sqs:ReceiveMessage',
  },
};

const grantsOf = (list: readonly Statement[] = []) =>
  Object.fromEntries(list.map(({ Resource, Action }) => [Resource.map(textOf).sort().join(' '), Action.join(' ')]));

describe('access', () => {
  it.each(Object.keys(EXPECTED))('%s may call what it needs and write its own log, and nothing else', (name) => {
    const role = theOnly(template, 'AWS::IAM::Role', `/Functions/${name}/`).id;
    const logs = `<${theOnly(template, 'AWS::Logs::LogGroup', `/Functions/${name}/`).id}.Arn>`;
    const ownLog = { [logs]: 'logs:CreateLogStream logs:PutLogEvents' };
    expect(grantsOf(statements.get(role))).toEqual({ ...EXPECTED[name], ...ownLog });
  });

  it('knows every function of the stack', () => {
    const names = resourcesOf(template, 'AWS::Lambda::Function').map(({ path }) => path.split('/')[2]);
    expect(names.sort()).toEqual(Object.keys(EXPECTED).sort());
  });

  it('gives every function a role of its own that only Lambda assumes', () => {
    const roles = resourcesOf(template, 'AWS::Lambda::Function').map(({ properties }) => textOf(properties.Role));
    expect(new Set(roles).size).toBe(roles.length);
    for (const { properties } of resourcesOf(template, 'AWS::IAM::Role', '/Functions/')) {
      const statement = { Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' } };
      expect(properties.AssumeRolePolicyDocument).toMatchObject({ Statement: [statement] });
    }
  });

  it('names no wildcard but the schedules of the retry group', () => {
    const everything = [...statements.values()].flat();
    const words = everything.flatMap(({ Action, Resource }) => [...Action, ...Resource.map(textOf)]);
    expect(words.filter((word) => word.includes('*'))).toEqual([SCHEDULES]);
  });

  it('never scans the table', () => {
    expect(JSON.stringify([...statements])).not.toContain('dynamodb:Scan');
  });

  it('uses no policy that AWS manages and may change', () => {
    for (const { properties } of resourcesOf(template, 'AWS::IAM::Role')) {
      expect(properties).not.toHaveProperty('ManagedPolicyArns');
    }
  });

  it('lets deliver pass the retry role to EventBridge Scheduler only', () => {
    const role = theOnly(template, 'AWS::IAM::Role', '/Functions/deliver/').id;
    const passing = statements.get(role)?.filter(({ Action }) => Action.includes('iam:PassRole'));
    expect(passing?.map(({ Condition }) => Condition)).toEqual([
      { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
    ]);
  });

  it('lets a retry schedule do nothing but send to the delivery queue', () => {
    expect(grantsOf(statements.get(retryRole))).toEqual({ [QUEUE]: 'sqs:SendMessage' });
  });

  it('lets the sweep schedule do nothing but invoke sweep', () => {
    const sweep = theOnly(template, 'AWS::Lambda::Function', '/sweep/').id;
    expect(grantsOf(statements.get(sweepRole))).toEqual({ [`<${sweep}.Arn>`]: 'lambda:InvokeFunction' });
  });

  it.each([
    ['retry', retryRole, `<${group}>`],
    ['sweep', sweepRole, 'default'],
  ])('lets EventBridge Scheduler assume the %s role for this account and its group only', (_, id, groupName) => {
    const role = resourcesOf(template, 'AWS::IAM::Role').find((candidate) => candidate.id === id);
    const trust = JSON.stringify(role?.properties.AssumeRolePolicyDocument);
    const statement = JSON.parse(trust).Statement[0];
    expect(statement.Principal).toEqual({ Service: 'scheduler.amazonaws.com' });
    expect(statement.Condition.StringEquals['aws:SourceAccount']).toEqual({ Ref: 'AWS::AccountId' });
    expect(textOf(statement.Condition.StringEquals['aws:SourceArn'])).toMatch(`:schedule-group/${groupName}`);
  });
});
