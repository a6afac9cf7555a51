import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it, test } from 'vitest';
import type { ACCESS } from '../../lib/access';
import { InvalidSettingsError, parseSettings } from '../../lib/settings';
import { type Statement, statementsByRole, textOf } from './policies';
import { resourcesOf, synthesize, theOnly } from './synthesized';

const ARN = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';

const plain = synthesize();
const own = synthesize({ customerManagedKey: true });
const given = synthesize({ kmsKeyArn: ARN });

const keyOf = (template: Template): string => `<${theOnly(template, 'AWS::KMS::Key').id}.Arn>`;

const isAboutKeys = ({ Action }: Statement) => Action.some((action) => action.startsWith('kms:'));

/** What a role may do with keys: the actions with the services that may do it in the role's name. */
function keyGrantsOf(template: Template, role: string, key: string): Record<string, string> {
  const statements = statementsByRole(template).get(role)?.filter(isAboutKeys) ?? [];
  for (const { Resource } of statements) expect(Resource.map(textOf)).toEqual([key]);
  return Object.fromEntries(statements.map(({ Action, Condition }) => [Action.join(' '), servicesIn(Condition)]));
}

function servicesIn(condition: unknown): string {
  const services: unknown[] = [Object(condition).StringEquals['kms:ViaService']].flat();
  return services.map((service) => textOf(service).replace('.<AWS::Region>.<AWS::URLSuffix>', '')).join(' ');
}

const roleOf = (template: Template, path: string): string => theOnly(template, 'AWS::IAM::Role', path).id;

// What CDK grants to readers and writers of a table, without wildcards.
const TABLE_ONLY = {
  'kms:Decrypt kms:DescribeKey kms:Encrypt kms:GenerateDataKey kms:GenerateDataKeyWithoutPlaintext kms:ReEncryptFrom kms:ReEncryptTo':
    'dynamodb',
};
const SENDER = { ...TABLE_ONLY, 'kms:Decrypt kms:GenerateDataKey': 'sqs' };

// Written down a second time on purpose, as all grants are.
const EXPECTED: Readonly<Record<keyof typeof ACCESS, Readonly<Record<string, string>>>> = {
  ingest: TABLE_ONLY,
  route: SENDER,
  deliver: SENDER,
  aggregate: SENDER,
  api: TABLE_ONLY,
  manage: TABLE_ONLY,
  sweep: { ...TABLE_ONLY, 'kms:Decrypt': 'sqs' },
};

test('without a key of the operator, AWS owns the keys and nobody needs permission to use them', () => {
  plain.resourceCountIs('AWS::KMS::Key', 0);
  expect([...statementsByRole(plain).values()].flat().filter(isAboutKeys)).toEqual([]);
  for (const { properties } of resourcesOf(plain, 'AWS::SQS::Queue'))
    expect(properties.SqsManagedSseEnabled).toBe(true);
});

describe.each([
  ['made by the stack', own, keyOf(own)],
  ['given by the operator', given, ARN],
])('a key %s', (_, template, key) => {
  it('encrypts the table and every queue', () => {
    const { SSESpecification } = theOnly(template, 'AWS::DynamoDB::Table').properties;
    expect(SSESpecification).toMatchObject({ SSEEnabled: true, SSEType: 'KMS' });
    expect(textOf(Object(SSESpecification).KMSMasterKeyId)).toBe(key);
    const queues = resourcesOf(template, 'AWS::SQS::Queue');
    expect(queues.map(({ properties }) => textOf(properties.KmsMasterKeyId))).toEqual(queues.map(() => key));
  });

  it.each(Object.entries(EXPECTED))('may be used by %s through the services that it calls: %j', (name, expected) => {
    expect(keyGrantsOf(template, roleOf(template, `/Functions/${name}/`), key)).toEqual(expected);
  });

  it('may be used by a retry schedule to send, and by the sweep schedule not at all', () => {
    const retries = keyGrantsOf(template, roleOf(template, '/Retries/'), key);
    expect(retries).toEqual({ 'kms:Decrypt kms:GenerateDataKey': 'sqs' });
    expect(keyGrantsOf(template, roleOf(template, '/Sweep/'), key)).toEqual({});
  });
});

describe('the key that the stack makes', () => {
  it('is rotated, and outlives the stack as the table does', () => {
    own.hasResource('AWS::KMS::Key', {
      Properties: { EnableKeyRotation: true },
      DeletionPolicy: 'RetainExceptOnCreate',
    });
    const temporary = synthesize({ customerManagedKey: true, removalPolicy: 'destroy' });
    temporary.hasResource('AWS::KMS::Key', { DeletionPolicy: 'Delete' });
  });

  it('is not made when the operator names one', () => {
    given.resourceCountIs('AWS::KMS::Key', 0);
  });
});

describe('the settings of the key', () => {
  it.each(['alias/posthorn', 'arn:aws:kms:eu-west-1:111122223333:alias/posthorn', 'true', '', 7])(
    'refuse %j as the ARN of a key',
    (kmsKeyArn) => {
      expect(() => parseSettings({ kmsKeyArn })).toThrow(/kmsKeyArn must be the ARN of a KMS key/);
    },
  );

  it('refuse two keys', () => {
    expect(() => parseSettings({ kmsKeyArn: ARN, customerManagedKey: true })).toThrow(InvalidSettingsError);
  });
});
