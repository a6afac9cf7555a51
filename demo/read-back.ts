import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { STACK_CREDENTIALS } from '../local/dynamodb/client';
import type { LocalStack } from '../local/stack';
import { REGION } from '../local/template/template';
import { type Api, type Delivery, type DeliveryWithAttempts, deliveryPage, deliveryWithAttempts } from './api';

/** All deliveries, page by page. */
export async function readDeliveries(api: Api, pageSize: number): Promise<Delivery[]> {
  const deliveries: Delivery[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const { data, pagination } = await api.get(deliveryPage, `/api/deliveries?pageSize=${pageSize}${query}`);
    deliveries.push(...data);
    cursor = pagination.next_cursor;
  }
  return deliveries;
}

const PAGE_SIZE = 20;

/** All deliveries with the history of their attempts. */
export async function readHistories(api: Api): Promise<DeliveryWithAttempts[]> {
  const histories: DeliveryWithAttempts[] = [];
  for (const { id } of await readDeliveries(api, PAGE_SIZE)) {
    histories.push(await api.get(deliveryWithAttempts, `/api/deliveries/${id}?includeAttempts=true`));
  }
  return histories;
}

/** How many messages are in the dead-letter queue, asked of SQS itself. */
export async function readDeadLetterDepth({ endpoints, outputs }: LocalStack): Promise<number> {
  const sqs = new SQSClient({ endpoint: endpoints.sqs, region: REGION, credentials: STACK_CREDENTIALS });
  try {
    const AttributeNames = ['ApproximateNumberOfMessages' as const];
    const command = new GetQueueAttributesCommand({ QueueUrl: outputs.DeadLetterQueueUrl, AttributeNames });
    return Number((await sqs.send(command)).Attributes?.ApproximateNumberOfMessages ?? 0);
  } finally {
    sqs.destroy();
  }
}
