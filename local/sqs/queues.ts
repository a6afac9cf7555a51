import type { Deployment } from '../template/deployment';
import { ACCOUNT_ID, REGION } from '../template/template';
import { queueProperties } from './queue-properties';
import type { SqsServer } from './server';

/** Makes the template's queues. Messages that were in a queue of the same name come back into it. */
export function deployQueues(deployment: Deployment, server: SqsServer): void {
  for (const { logicalId, name } of deployment.names('AWS::SQS::Queue'))
    deployment.register(logicalId, {
      ref: server.queueUrl(name),
      attributes: { Arn: arnOf(name), QueueName: name, QueueUrl: server.queueUrl(name) },
    });
  for (const { name, properties } of deployment.resources('AWS::SQS::Queue', queueProperties))
    server.store.createQueue(name, server.queueUrl(name), arnOf(name), attributesOf(properties));
  // What the log says about messages long gone is of no use to the next start.
  server.store.compact(0);
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
