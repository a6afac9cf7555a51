import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A function that does what the test tells it to through items and messages, and writes what it saw to the table. */
const BUNDLE = `
import { createRequire } from 'node:module';
const require = createRequire(process.env.PROJECT);
const { DynamoDBClient, PutItemCommand } = require('@aws-sdk/client-dynamodb');
const client = new DynamoDBClient({});
let seen = 0;
const note = (text) => client.send(new PutItemCommand({
  TableName: process.env.TABLE_NAME,
  Item: { pk: { S: 'SEEN' }, sk: { S: Date.now() + '-' + process.hrtime.bigint() + '-' + seen++ }, text: { S: text } },
}));
const fail = (itemIdentifier) => ({ itemIdentifier });

export async function http(event) {
  if (event.rawPath === '/throw') throw new Error('secret detail');
  if (event.rawPath === '/slow') await new Promise((resolve) => setTimeout(resolve, 4000));
  return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(event) };
}

export async function queue(event) {
  const failed = [];
  for (const record of event.Records) {
    await note('queue ' + record.body + ' ' + record.attributes.ApproximateReceiveCount);
    if (record.body === 'hang') await new Promise(() => {});
    if (record.body.startsWith('fail')) failed.push(fail(record.messageId));
    if (record.body === 'malformed') failed.push(fail('nonsense'));
    if (record.body === 'record') await note(JSON.stringify(record));
  }
  return { batchItemFailures: failed };
}

export async function stream(event) {
  for (const record of event.Records) {
    const { NewImage, SequenceNumber } = record.dynamodb;
    await note('stream ' + NewImage.sk.S);
    if (NewImage.record) await note(JSON.stringify(record));
    if (NewImage.failOnce && seen < 4) return { batchItemFailures: [fail(SequenceNumber)] };
  }
  return { batchItemFailures: [] };
}
`;

const REF = (Ref: string) => ({ Ref });
const ARN = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });

/** A function of the fixture. */
export const lambda = (handler: string, properties: object = {}) => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    Code: { S3Bucket: { 'Fn::Sub': 'bucket' }, S3Key: 'abc.zip' },
    Handler: `index.${handler}`,
    Runtime: 'nodejs24.x',
    Role: ARN('Role'),
    Timeout: 5,
    Environment: { Variables: { TABLE_NAME: REF('Table'), PROJECT: `${process.cwd()}/package.json` } },
    ...properties,
  },
});

const route = (RouteKey: string) => ({
  Type: 'AWS::ApiGatewayV2::Route',
  Properties: { ApiId: REF('Api'), RouteKey, Target: { 'Fn::Join': ['', ['integrations/', REF('Integration')]] } },
});

const mapping = (functionId: string, EventSourceArn: unknown, properties: object) => ({
  Type: 'AWS::Lambda::EventSourceMapping',
  Properties: {
    EventSourceArn,
    FunctionName: REF(functionId),
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    ...properties,
  },
});

const GENEROUS = {
  PolicyName: 'Generous',
  PolicyDocument: {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: ['dynamodb:*', 'sqs:*'], Resource: '*' }],
  },
};

const RESOURCES = {
  Role: { Type: 'AWS::IAM::Role', Properties: { Policies: [GENEROUS] } },
  Table: {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    },
  },
  Dead: { Type: 'AWS::SQS::Queue', Properties: {} },
  Work: {
    Type: 'AWS::SQS::Queue',
    Properties: {
      VisibilityTimeout: 2,
      RedrivePolicy: { deadLetterTargetArn: ARN('Dead'), maxReceiveCount: 2 },
    },
  },
  Http: lambda('http'),
  Queue: lambda('queue'),
  Stream: lambda('stream'),
  Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'api', ProtocolType: 'HTTP' } },
  Integration: {
    Type: 'AWS::ApiGatewayV2::Integration',
    Properties: {
      ApiId: REF('Api'),
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: ARN('Http'),
      PayloadFormatVersion: '2.0',
      TimeoutInMillis: 2000,
    },
  },
  Item: route('GET /items/{id}'),
  Default: route('$default'),
  FromQueue: mapping('Queue', ARN('Work'), { BatchSize: 10 }),
  FromStream: mapping(
    'Stream',
    { 'Fn::GetAtt': ['Table', 'StreamArn'] },
    {
      StartingPosition: 'TRIM_HORIZON',
      BisectBatchOnFunctionError: true,
      FilterCriteria: {
        Filters: [{ Pattern: '{"eventName":["INSERT"],"dynamodb":{"Keys":{"pk":{"S":[{"prefix":"IN"}]}}}}' }],
      },
    },
  ),
};

const OUTPUTS = {
  Url: { Value: { 'Fn::Sub': 'https://$'.concat('{Api}.execute-api.$', '{AWS::Region}.amazonaws.com/') } },
  Table: { Value: REF('Table') },
  Work: { Value: REF('Work') },
  Dead: { Value: REF('Dead') },
};

/**
 * Writes a small cloud assembly: an HTTP function, a queue function and a stream function around one table.
 *
 * @param extra resources over those of the fixture
 */
export function writeFixtureAssembly(extra: object = {}): { directory: string; remove(): void } {
  const directory = mkdtempSync(join(tmpdir(), 'posthorn-assembly-'));
  const write = (name: string, content: unknown) => writeFileSync(join(directory, name), JSON.stringify(content));
  write('manifest.json', { artifacts: { Fixture: { type: 'aws:cloudformation:stack', properties: {} } } });
  write('Fixture.template.json', { Resources: { ...RESOURCES, ...extra }, Outputs: OUTPUTS });
  write('Fixture.assets.json', {
    files: { abc: { source: { path: 'asset.abc' }, destinations: { current: { objectKey: 'abc.zip' } } } },
  });
  mkdirSync(join(directory, 'asset.abc'));
  writeFileSync(join(directory, 'asset.abc', 'index.mjs'), BUNDLE);
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}
