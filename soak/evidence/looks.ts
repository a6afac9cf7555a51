import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
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

const eventPage = z.object({
  events: z.array(z.object({ id: z.string(), status: z.string() })),
  pagination: z.object({ next_cursor: z.string().nullable() }),
});

/** All events as the API lists them, page by page. */
export async function listEvents({ apiUrl }: LocalStack, key: string) {
  const events: z.output<typeof eventPage>['events'] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query = new URLSearchParams({ limit: '100', ...(cursor !== '' && { cursor }) });
    const response = await fetch(`${apiUrl}/v1/events?${query}`, { headers: { 'x-api-key': key } });
    // Partitions are throttled to the end: the SDK has given up, and somebody who reads a list asks again.
    if (response.status >= 500) continue;
    const page = eventPage.parse(await response.json());
    events.push(...page.events);
    cursor = page.pagination.next_cursor;
  }
  return events;
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
