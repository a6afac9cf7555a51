import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { verify } from '../../bin/verify/verify';
import { openTable } from '../../lambdas/store/table/table';
import { dynamoDbClient, STACK_CREDENTIALS } from '../../local/dynamodb/client';
import type { LocalStack } from '../../local/stack';
import { REGION } from '../../local/template/template';

/** The counters are some seconds behind; a busy machine takes its time. */
const PATIENCE_SECONDS = 30;

export const sqsClient = ({ endpoints }: LocalStack): SQSClient =>
  new SQSClient({ endpoint: endpoints.sqs, region: REGION, credentials: STACK_CREDENTIALS });

/** Messages in a queue: visible, delayed and in flight together. */
export async function depthOf(sqs: SQSClient, url: string): Promise<number> {
  const { visible, delayed, inFlight } = await countsOf(sqs, url);
  return visible + delayed + inFlight;
}

/** Messages of a queue by their state. */
export async function countsOf(sqs: SQSClient, url: string) {
  const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] });
  const { Attributes = {} } = await sqs.send(command);
  const count = (state: '' | 'Delayed' | 'NotVisible') =>
    Number(Attributes[`ApproximateNumberOfMessages${state}`] ?? 0);
  return { visible: count(''), delayed: count('Delayed'), inFlight: count('NotVisible') };
}

/** What `npm run verify:consistency` says about the stack. */
export async function readConsistency(stack: LocalStack, key: string) {
  const client = dynamoDbClient(stack.endpoints.dynamodb);
  const sqs = sqsClient(stack);
  const subject = {
    table: openTable(stack.outputs.TableName ?? '', client),
    api: { url: stack.apiUrl, key },
    deadLetters: { sqs, url: stack.outputs.DeadLetterQueueUrl ?? '' },
    days: 14,
    patienceSeconds: PATIENCE_SECONDS,
  };
  try {
    return await verify(subject, Date.now);
  } finally {
    client.destroy();
    sqs.destroy();
  }
}
