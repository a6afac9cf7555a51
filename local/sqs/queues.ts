import type { Deployment } from '../template/deployment';
import { ACCOUNT_ID, REGION } from '../template/template';
import { queueProperties } from './queue-properties';
import { queueUrl } from './queue-url';
import type { SqsServer } from './server';

/**
 * Makes the template's queues. Messages that were in a queue of the same name come back into it.
 *
 * @param endpoint that the queues' URLs begin with, because clients call the host of the URL
 */
export function deployQueues(deployment: Deployment, { store }: SqsServer, endpoint: string): void {
  for (const { logicalId, name } of deployment.names('AWS::SQS::Queue'))
    deployment.register(logicalId, {
      ref: queueUrl(endpoint, name),
      attributes: { Arn: arnOf(name), QueueName: name, QueueUrl: queueUrl(endpoint, name) },
    });
  for (const { name, properties } of deployment.resources('AWS::SQS::Queue', queueProperties))
    store.createQueue(name, queueUrl(endpoint, name), arnOf(name), attributesOf(properties));
  // What the log says about messages long gone is of no use to the next start.
  store.compact(0);
}

const arnOf = (name: string): string => `arn:aws:sqs:${REGION}:${ACCOUNT_ID}:${name}`;

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
