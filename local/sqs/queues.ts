import type { Deployment } from '../template/deployment';
import { queueProperties } from './queue-properties';
import { queueArn, queueUrl } from './queue-url';
import type { SqsServer } from './server';

/**
 * Creates the template's queues, with the messages of earlier queues of the same names.
 *
 * @param endpoint the start of the queues' URLs, because clients call the host of the URL
 */
export function deployQueues(deployment: Deployment, { store }: SqsServer, endpoint: string): void {
  for (const { logicalId, name } of deployment.names('AWS::SQS::Queue'))
    deployment.register(logicalId, {
      ref: queueUrl(endpoint, name),
      attributes: { Arn: queueArn(name), QueueName: name, QueueUrl: queueUrl(endpoint, name) },
    });
  for (const { name, properties } of deployment.resources('AWS::SQS::Queue', queueProperties))
    store.createQueue(name, queueUrl(endpoint, name), queueArn(name), attributesOf(properties));
  // The next start does not need what the log says about messages that are gone.
  store.compact(0);
}

const ATTRIBUTES = [
  'DelaySeconds',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'VisibilityTimeout',
] as const;

function attributesOf(properties: ReturnType<typeof queueProperties.parse>): Record<string, string> {
  const given = ATTRIBUTES.map((name) => [name, properties[name]] as const).filter(([, value]) => value !== undefined);
  const redrive = properties.RedrivePolicy && { RedrivePolicy: JSON.stringify(properties.RedrivePolicy) };
  return { ...Object.fromEntries(given.map(([name, value]) => [name, String(value)])), ...redrive };
}
