import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, describe, expect, it, test } from 'vitest';
import type { JsonObject, Service } from '../../../local/calls/call';
import { startCallProxy } from '../../../local/calls/proxy';
import { dynamoDbNeeds, streamNeeds } from '../../../local/permissions/dynamodb-needs';
import { isAllowed } from '../../../local/permissions/evaluation';
import { Landscape } from '../../../local/permissions/landscape';
import type { Need } from '../../../local/permissions/need';
import { accessDenied } from '../../../local/permissions/permissions';
import { readPolicies } from '../../../local/permissions/policies';
import { schedulerNeeds } from '../../../local/permissions/scheduler-needs';
import { sqsNeeds } from '../../../local/permissions/sqs-needs';
import { startLocalStack } from '../../../local/stack';
import { loadAssembly } from '../../../local/template/assembly';
import { Deployment } from '../../../local/template/deployment';
import { writeFixtureAssembly } from './fixture-assembly';

const TABLE = 'arn:aws:dynamodb:us-east-1:000000000000:table/Fixture-Table';
const STREAM = `${TABLE}/stream/2026-01-01T00:00:00.000`;
const WORK = 'arn:aws:sqs:us-east-1:000000000000:Fixture-Work';
const SECRET_QUEUE = 'arn:aws:sqs:us-east-1:000000000000:Fixture-Secret';
const KEY = 'arn:aws:kms:us-east-1:000000000000:key/Fixture-Key';
const ROLE = 'arn:aws:iam::000000000000:role/Fixture-Role';

const directories: { remove(): void }[] = [];
afterAll(() => {
  for (const directory of directories) directory.remove();
});

function fixture(extra: object = {}): string {
  const assembly = writeFixtureAssembly(extra);
  directories.push(assembly);
  return assembly.directory;
}

/** The fixture with its table and queues in place. */
function deploymentOf(extra: object = {}): Deployment {
  const deployment = new Deployment(loadAssembly(fixture(extra)));
  deployment.register('Table', { ref: 'Fixture-Table', attributes: { Arn: TABLE, StreamArn: STREAM } });
  for (const name of ['Work', 'Dead', 'Secret']) {
    const Arn = `arn:aws:sqs:us-east-1:000000000000:Fixture-${name}`;
    deployment.register(name, { ref: `http://127.0.0.1:1/000000000000/Fixture-${name}`, attributes: { Arn } });
  }
  return deployment;
}

const statement = (Action: string | string[], Resource: unknown, more: object = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});

const policy = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });

/** A role with one policy of its own. */
const role = (...statements: object[]) => ({
  Role: {
    Type: 'AWS::IAM::Role',
    Properties: { Policies: [{ PolicyName: 'Own', PolicyDocument: policy(...statements) }] },
  },
});

const ENCRYPTED = {
  Key: {
    Type: 'AWS::KMS::Key',
    Properties: {
      KeyPolicy: policy({
        ...statement('kms:*', '*'),
        Principal: { AWS: { 'Fn::Sub': 'arn:aws:iam::$'.concat('{AWS::AccountId}:root') } },
      }),
    },
  },
  Secret: { Type: 'AWS::SQS::Queue', Properties: { KmsMasterKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] } } },
};

const landscape = new Landscape(deploymentOf(ENCRYPTED));
const TableName = 'Fixture-Table';
const QueueUrl = 'http://127.0.0.1:1/000000000000/Fixture-Work';
const brief = (needs: readonly Need[]) => needs.map(({ action, resource }) => `${action} ${resource}`);

describe('a call of DynamoDB needs', () => {
  test.each<[string, JsonObject, string[]]>([
    ['PutItem', { TableName }, [`dynamodb:PutItem ${TABLE}`]],
    ['PutItem', { TableName: TABLE }, [`dynamodb:PutItem ${TABLE}`]],
    ['Query', { TableName }, [`dynamodb:Query ${TABLE}`]],
    ['Query', { TableName, IndexName: 'timeline' }, [`dynamodb:Query ${TABLE}/index/timeline`]],
    ['BatchGetItem', { RequestItems: { [TableName]: {} } }, [`dynamodb:BatchGetItem ${TABLE}`]],
    ['BatchWriteItem', { RequestItems: { [TableName]: [] } }, [`dynamodb:BatchWriteItem ${TABLE}`]],
    [
      'TransactWriteItems',
      {
        TransactItems: [
          { Put: { TableName } },
          { Update: { TableName } },
          { Delete: { TableName } },
          { ConditionCheck: { TableName } },
        ],
      },
      ['PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'].map((name) => `dynamodb:${name} ${TABLE}`),
    ],
    ['TransactGetItems', { TransactItems: [{ Get: { TableName } }] }, [`dynamodb:GetItem ${TABLE}`]],
    ['ListTables', {}, ['dynamodb:ListTables *']],
  ])('for %s with %j: %j', (operation, parameters, expected) => {
    expect(brief(dynamoDbNeeds({ operation, parameters }, landscape))).toEqual(expected);
  });

  it('for its streams what is about the stream, which an iterator does not name', () => {
    const needs = (operation: string, parameters: JsonObject) =>
      brief(streamNeeds({ operation, parameters }, landscape));
    expect(needs('DescribeStream', { StreamArn: STREAM })).toEqual([`dynamodb:DescribeStream ${STREAM}`]);
    expect(needs('GetRecords', { ShardIterator: 'opaque' })).toEqual([`dynamodb:GetRecords ${STREAM}`]);
  });
});

describe('a call of SQS needs', () => {
  test.each([
    ['SendMessage', 'SendMessage'],
    ['SendMessageBatch', 'SendMessage'],
    ['DeleteMessageBatch', 'DeleteMessage'],
    ['ChangeMessageVisibilityBatch', 'ChangeMessageVisibility'],
    ['GetQueueAttributes', 'GetQueueAttributes'],
  ])('for %s the permission %s', (operation, action) => {
    expect(brief(sqsNeeds(operation, { QueueUrl }, landscape))).toEqual([`sqs:${action} ${WORK}`]);
  });

  it("to use the customer's key in the name of whoever sends or receives", () => {
    const parameters = { QueueUrl: QueueUrl.replace('Work', 'Secret') };
    const needs = sqsNeeds('SendMessageBatch', parameters, landscape);
    expect(brief(needs)).toEqual([
      `sqs:SendMessage ${SECRET_QUEUE}`,
      `kms:GenerateDataKey ${KEY}`,
      `kms:Decrypt ${KEY}`,
    ]);
    expect(needs[1]?.context).toEqual({ 'kms:ViaService': 'sqs.us-east-1.amazonaws.com' });
    expect(brief(sqsNeeds('ReceiveMessage', parameters, landscape))).toContain(`kms:Decrypt ${KEY}`);
    expect(brief(sqsNeeds('DeleteMessage', parameters, landscape))).toHaveLength(1);
  });
});

test('who makes a schedule needs to pass its role', () => {
  const needs = schedulerNeeds('CreateSchedule', '/schedules/abc-1', {
    GroupName: 'retries',
    Target: { RoleArn: ROLE },
  });
  expect(brief(needs)).toEqual([
    'scheduler:CreateSchedule arn:aws:scheduler:us-east-1:000000000000:schedule/retries/abc-1',
    `iam:PassRole ${ROLE}`,
  ]);
  expect(needs[1]?.context).toEqual({ 'iam:PassedToService': 'scheduler.amazonaws.com' });
});

const put = { action: 'dynamodb:PutItem', resource: TABLE };
const send = { action: 'sqs:SendMessage', resource: WORK };
const TABLE_ARN = { 'Fn::GetAtt': ['Table', 'Arn'] };
const WORK_ARN = { 'Fn::GetAtt': ['Work', 'Arn'] };

describe('a role may', () => {
  const allows = (extra: object, need: Need) => isAllowed(readPolicies(deploymentOf(extra)), ROLE, need);

  it('do what its own policies say, on what they name', async () => {
    const extra = role(statement('dynamodb:PutItem', TABLE_ARN));
    expect(await allows(extra, put)).toBe(true);
    expect(await allows(extra, { ...put, action: 'dynamodb:GetItem' })).toBe(false);
    expect(await allows(extra, { ...put, resource: `${TABLE}2` })).toBe(false);
  });

  it('do nothing on an index because of the table', async () => {
    const query = { action: 'dynamodb:Query', resource: `${TABLE}/index/timeline` };
    expect(await allows(role(statement('dynamodb:Query', TABLE_ARN)), query)).toBe(false);
  });

  it('do what policies say that are attached to it, managed ones too', async () => {
    const Roles = [{ Ref: 'Role' }];
    const attached = (Type: string) => ({
      ...role(statement('sqs:DeleteMessage', WORK_ARN)),
      Attached: {
        Type,
        Properties: {
          ...(Type === 'AWS::IAM::Policy' && { PolicyName: 'Attached' }),
          PolicyDocument: policy(statement('sqs:SendMessage', WORK_ARN)),
          Roles,
        },
      },
    });
    expect(await allows(attached('AWS::IAM::Policy'), send)).toBe(true);
    expect(await allows(attached('AWS::IAM::ManagedPolicy'), send)).toBe(true);
  });

  it('not do what a policy of the queue denies, and send without TLS is not what it does', async () => {
    const deny = (condition: object) => ({
      ...role(statement('sqs:SendMessage', WORK_ARN)),
      OfQueue: {
        Type: 'AWS::SQS::QueuePolicy',
        Properties: {
          PolicyDocument: policy({
            ...{ Effect: 'Deny', Action: 'sqs:*', Resource: WORK_ARN, Principal: { AWS: '*' } },
            ...condition,
          }),
          Queues: [{ Ref: 'Work' }],
        },
      },
    });
    expect(await allows(deny({}), send)).toBe(false);
    expect(await allows(deny({ Condition: { Bool: { 'aws:SecureTransport': 'false' } } }), send)).toBe(true);
  });

  it('do something under the condition of its policy only', async () => {
    const extra = role(
      statement('iam:PassRole', ROLE, {
        Condition: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
      }),
    );
    const pass = (service: string) => ({
      ...{ action: 'iam:PassRole', resource: ROLE, context: { 'iam:PassedToService': service } },
    });
    expect(await allows(extra, pass('scheduler.amazonaws.com'))).toBe(true);
    expect(await allows(extra, pass('ec2.amazonaws.com'))).toBe(false);
  });

  it('use a key through the service that its policy names', async () => {
    const extra = {
      ...ENCRYPTED,
      ...role(
        statement('kms:Decrypt', KEY, {
          Condition: { StringEquals: { 'kms:ViaService': 'sqs.us-east-1.amazonaws.com' } },
        }),
      ),
    };
    const [, , decrypt = put] = sqsNeeds('SendMessage', { QueueUrl: QueueUrl.replace('Work', 'Secret') }, landscape);
    expect(await allows(extra, decrypt)).toBe(true);
    const elsewhere = { ...decrypt, context: { 'kms:ViaService': 'dynamodb.us-east-1.amazonaws.com' } };
    expect(await allows(extra, elsewhere)).toBe(false);
  });

  it('not be judged by conditions or policies that nobody here knows', () => {
    const conditional = statement('dynamodb:PutItem', TABLE_ARN, {
      Condition: { StringEquals: { 'dynamodb:LeadingKeys': 'a' } },
    });
    expect(() => readPolicies(deploymentOf(role(conditional)))).toThrow('it does not know dynamodb:LeadingKeys');
    const ManagedPolicyArns = ['arn:aws:iam::aws:policy/ReadOnlyAccess'];
    const managed = { Role: { Type: 'AWS::IAM::Role', Properties: { ManagedPolicyArns } } };
    expect(() => readPolicies(deploymentOf(managed))).toThrow('ReadOnlyAccess is not in the template');
  });
});

describe('what is not allowed fails as on AWS', () => {
  async function refusing<T>(service: Service, run: (config: object) => Promise<T>): Promise<T> {
    const proxy = await startCallProxy({
      ...{ engine: 'http://127.0.0.1:1', service, functions: new Set<string>(), log: () => {} },
      interceptors: [async (call) => accessDenied(call.service, new Error('User: x is not authorized'))],
    });
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
    return run({ endpoint: proxy.endpoint, region: 'us-east-1', credentials }).finally(() => proxy.stop());
  }

  const message = 'User: x is not authorized';

  it('by DynamoDB', async () => {
    const call = refusing('dynamodb', (config) =>
      new DynamoDBClient(config).send(new PutItemCommand({ TableName, Item: { pk: { S: 'a' } } })),
    );
    await expect(call).rejects.toMatchObject({ name: 'AccessDeniedException', message });
  });

  it('by SQS', async () => {
    const call = refusing('sqs', (config) =>
      new SQSClient(config).send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' })),
    );
    await expect(call).rejects.toMatchObject({ name: 'AccessDenied', message, $metadata: { httpStatusCode: 403 } });
  });

  it('by EventBridge Scheduler', async () => {
    const schedule = { ScheduleExpression: 'at(2030-01-01T00:00:00)', FlexibleTimeWindow: { Mode: 'OFF' as const } };
    const call = refusing('scheduler', (config) =>
      new SchedulerClient(config).send(
        new CreateScheduleCommand({ Name: 'n', ...schedule, Target: { Arn: 'a', RoleArn: 'r' } }),
      ),
    );
    await expect(call).rejects.toMatchObject({ name: 'AccessDeniedException', message });
  });
});

describe('the stack', () => {
  const READING = statement(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], WORK_ARN);
  const STREAMING = statement(
    ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map((name) => `dynamodb:${name}`),
    { 'Fn::GetAtt': ['Table', 'StreamArn'] },
  );
  const event = { Records: [{ messageId: 'm', body: 'hello', attributes: { ApproximateReceiveCount: '1' } }] };

  it('fails a function that calls what its role does not allow, and says so', async () => {
    const log: string[] = [];
    const assembly = fixture(role(READING, STREAMING));
    const stack = await startLocalStack({ assembly, log: (line) => log.push(line) });
    const expected =
      'User: arn:aws:sts::000000000000:assumed-role/Fixture-Role/Fixture-Queue is not authorized to perform: ' +
      'dynamodb:PutItem on resource: ';
    await expect(stack.invoke('Queue', event)).rejects.toThrow(expected);
    expect(log.filter((line) => line.startsWith('ACCESS DENIED: '))).toEqual([expect.stringContaining(expected)]);
    await stack.stop();
  });

  it('runs a function whose role allows what it calls', async () => {
    const assembly = fixture(role(READING, STREAMING, statement('dynamodb:PutItem', TABLE_ARN)));
    const stack = await startLocalStack({ assembly });
    expect(await stack.invoke('Queue', event)).toEqual({ batchItemFailures: [] });
    await stack.stop();
  });

  test.each([
    ['queue', STREAMING, 'FromQueue.*sqs:receivemessage'],
    ['stream', READING, 'FromStream.*dynamodb:DescribeStream'],
  ])('does not start with a %s that its function may not read', async (_, only, complaint) => {
    await expect(startLocalStack({ assembly: fixture(role(only)) })).rejects.toThrow(new RegExp(complaint));
  });
});
