import { type RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { Settings } from './settings';

/** A service that uses the key on behalf of its caller. */
export type KeyedService = 'dynamodb' | 'sqs';

/** The operator's own key, which encrypts the table and all queues, and who may use it. */
export interface Encryption {
  readonly key: IKey;
  /** Lets a role do this with the key, through these services and in no other way. */
  statement(actions: readonly string[], services: readonly KeyedService[]): PolicyStatement;
}

/**
 * The operator's key according to the settings: an existing one, one that the stack creates, or none.
 *
 * @param removalPolicy the table's: a table that outlives the stack would be unreadable without its key
 */
export function encryptionFor(
  scope: Construct,
  settings: Settings,
  removalPolicy: RemovalPolicy,
): Encryption | undefined {
  const key = keyFor(scope, settings, removalPolicy);
  if (key === undefined) return undefined;
  const { region, urlSuffix } = Stack.of(scope);
  return {
    key,
    statement: (actions, services) =>
      new PolicyStatement({
        actions: [...actions],
        resources: [key.keyArn],
        conditions: {
          StringEquals: { 'kms:ViaService': services.map((service) => `${service}.${region}.${urlSuffix}`) },
        },
      }),
  };
}

function keyFor(
  scope: Construct,
  { kmsKeyArn, customerManagedKey }: Settings,
  removalPolicy: RemovalPolicy,
): IKey | undefined {
  if (kmsKeyArn !== undefined) return Key.fromKeyArn(scope, 'Key', kmsKeyArn);
  if (!customerManagedKey) return undefined;
  return new Key(scope, 'Key', {
    description: 'Posthorn: table and queues',
    enableKeyRotation: true,
    removalPolicy,
  });
}

/** How a queue is encrypted: with the operator's key, or with one that SQS owns. */
export const queueEncryption = (
  encryption: Encryption | undefined,
): Pick<QueueProps, 'encryption' | 'encryptionMasterKey'> =>
  encryption === undefined
    ? { encryption: QueueEncryption.SQS_MANAGED }
    : { encryption: QueueEncryption.KMS, encryptionMasterKey: encryption.key };
