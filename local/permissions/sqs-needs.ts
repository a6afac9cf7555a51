import * as z from 'zod';
import type { JsonObject } from '../calls/call';
import type { Landscape } from './landscape';
import type { Need } from './need';

const about = z.object({ QueueUrl: z.string().optional(), SourceArn: z.string().optional() });

/**
 * What SQS does with the customer's key on the caller's behalf: a sender gets a data key and proves that it can be
 * read.
 */
const KEY_ACTIONS: Readonly<Record<string, readonly string[]>> = {
  SendMessage: ['kms:GenerateDataKey', 'kms:Decrypt'],
  ReceiveMessage: ['kms:Decrypt'],
};

/**
 * The permissions that a call of SQS needs. Batches are authorized by the action that they repeat.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
 */
export function sqsNeeds(operation: string, parameters: JsonObject, landscape: Landscape): Need[] {
  const { QueueUrl, SourceArn = '*' } = about.safeParse(parameters).data ?? {};
  return queueNeeds(operation, QueueUrl === undefined ? SourceArn : landscape.queueArn(QueueUrl), landscape);
}

/** The permissions that an operation on the queue with this ARN needs. */
export function queueNeeds(operation: string, queueArn: string, landscape: Landscape): Need[] {
  const name = operation.replace(/Batch$/, '');
  return [
    { action: `sqs:${name}`, resource: queueArn },
    ...landscape.keyNeeds(queueArn, 'sqs', KEY_ACTIONS[name] ?? []),
  ];
}
