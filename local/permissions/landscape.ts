import { tableProperties } from '../dynamodb/table-properties';
import { queueProperties } from '../sqs/queue-properties';
import { queueArn, queueNameOf } from '../sqs/queue-url';
import type { Deployment } from '../template/deployment';
import { ACCOUNT_ID, REGION } from '../template/template';
import type { Need } from './need';

/** The ARNs of the template's resources, and the keys that they are encrypted with. */
export class Landscape {
  private readonly tables = new Map<string, string>();
  private readonly streams: string[] = [];
  /** ARN of the customer's key, by the ARN of the encrypted resource. */
  private readonly keys = new Map<string, string>();

  /** Reads the template; its tables and queues have to be deployed. */
  constructor(deployment: Deployment) {
    for (const { logicalId, name, properties } of deployment.resources('AWS::DynamoDB::Table', tableProperties)) {
      const arn = deployment.attribute(logicalId, 'Arn');
      this.tables.set(name, arn);
      this.streams.push(deployment.attribute(logicalId, 'StreamArn'));
      this.addKey(arn, properties.SSESpecification?.KMSMasterKeyId);
    }
    for (const { logicalId, properties } of deployment.resources('AWS::SQS::Queue', queueProperties))
      this.addKey(deployment.attribute(logicalId, 'Arn'), properties.KmsMasterKeyId);
  }

  /** ARN of a table by its name, which may be its ARN already. */
  tableArn(name: string): string {
    return this.tables.get(name) ?? (name.startsWith('arn:') ? name : tableArnOf(name));
  }

  /** ARN of a queue by its URL. */
  queueArn(url: string): string {
    return queueArn(queueNameOf(url));
  }

  /** ARN of the stream that a shard iterator belongs to: the only one, if the engine's iterators do not say. */
  streamOfIterator(iterator: string): string {
    return this.streams.find((arn) => iterator.includes(arn)) ?? this.streams[0] ?? '*';
  }

  /**
   * Further permissions that a caller needs, because the service uses the customer's key on the caller's behalf. None
   * if AWS owns the key.
   *
   * @param service the first part of `kms:ViaService`
   */
  keyNeeds(arn: string, service: 'dynamodb' | 'sqs', actions: readonly string[]): Need[] {
    const key = this.keys.get(arn);
    const context = { 'kms:ViaService': `${service}.${REGION}.amazonaws.com` };
    return key === undefined ? [] : actions.map((action) => ({ action, resource: key, context }));
  }

  private addKey(arn: string, key: string | undefined): void {
    if (key?.startsWith('arn:')) this.keys.set(arn, key);
  }
}

const tableArnOf = (name: string): string => `arn:aws:dynamodb:${REGION}:${ACCOUNT_ID}:table/${name}`;
