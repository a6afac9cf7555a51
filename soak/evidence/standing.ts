import { ListSchedulesCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { OPEN_RECOVERIES_PK, readDeliveryKey } from '../../lambdas/store/table/addresses';
import { openTable } from '../../lambdas/store/table/table';
import { dynamoDbClient, STACK_CREDENTIALS } from '../../local/dynamodb/client';
import type { LocalStack } from '../../local/stack';
import { REGION } from '../../local/template/template';
import { depthOf, sqsClient } from './looks';

/** How far a run is. */
export interface Standing {
  readonly events: number;
  /** Events that routing has not come to. */
  readonly unrouted: number;
  readonly delivered: number;
  /** In every way: also those that some targets took, and those that a schema refused. */
  readonly failed: number;
  /** Deliveries that are neither. */
  readonly open: number;
  /** Messages in the delivery queue, and schedules that will send one. */
  readonly waiting: number;
  /** Recoveries that have something left to do. */
  readonly recoveries: number;
}

/** Whether nothing is left to do. */
export const isSettled = ({ unrouted, open, waiting, recoveries }: Standing): boolean =>
  unrouted + open + waiting + recoveries === 0;

/** Looks at the table, the delivery queue and the schedules. */
export async function readStanding(stack: LocalStack): Promise<Standing> {
  const sqs = sqsClient(stack);
  try {
    const messages = await depthOf(sqs, stack.outputs.DeliveryQueueUrl ?? '');
    return { ...(await countItems(stack)), waiting: messages + (await countSchedules(stack)) };
  } finally {
    sqs.destroy();
  }
}

async function countSchedules({ endpoints }: LocalStack): Promise<number> {
  const client = new SchedulerClient({ endpoint: endpoints.scheduler, region: REGION, credentials: STACK_CREDENTIALS });
  const { Schedules = [] } = await client.send(new ListSchedulesCommand({ MaxResults: 100 }));
  client.destroy();
  // The template's own schedules start functions.
  return Schedules.filter(({ Target }) => Target?.Arn?.endsWith('sqs:sendMessage')).length;
}

async function countItems({ endpoints, outputs }: LocalStack): Promise<Omit<Standing, 'waiting'>> {
  const client = dynamoDbClient(endpoints.dynamodb);
  const table = openTable(outputs.TableName ?? '', client);
  const [events, routed] = [new Set<string>(), new Set<string>()];
  const counts = { delivered: 0, failed: 0, open: 0, recoveries: 0 };
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await table.documents.send(
      new ScanCommand({
        TableName: table.name,
        ConsistentRead: true,
        ExclusiveStartKey,
        ProjectionExpression: 'pk, sk, #status, attPk',
        ExpressionAttributeNames: { '#status': 'status' },
      }),
    );
    for (const { pk, sk, status, attPk } of page.Items ?? []) {
      if (sk === 'EVT') events.add(pk);
      if (attPk === OPEN_RECOVERIES_PK) counts.recoveries += 1;
      if (!readDeliveryKey({ pk: String(pk), sk: String(sk) })) continue;
      routed.add(pk);
      counts[endOf(status)] += 1;
    }
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  client.destroy();
  return { events: events.size, unrouted: events.size - routed.size, ...counts };
}

/** Statuses that nothing is going to change by itself. */
const ENDS: Readonly<Record<string, 'delivered' | 'failed'>> = {
  delivered: 'delivered',
  failed: 'failed',
  partial: 'failed',
  schema_failed: 'failed',
};

const endOf = (status: unknown): 'delivered' | 'failed' | 'open' => ENDS[String(status)] ?? 'open';
