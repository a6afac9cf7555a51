import { setTimeout as sleep } from 'node:timers/promises';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createApiKey, SCOPES } from '../../lambdas/store/api-keys';
import { openTable } from '../../lambdas/store/table';
import { dynamoDbClient, STACK_CREDENTIALS } from '../../local/dynamodb/client';
import { type LocalStack, startLocalStack } from '../../local/stack';
import { REGION } from '../../local/template/template';
import { Client } from './client';
import { type Receivers, startReceivers } from './receivers';

export interface Scenario {
  /** Deliveries to healthy destinations. */
  readonly deliveries: number;
  /** How long the hanging destination is waited for, in milliseconds. */
  readonly timeoutMs: number;
}

/** The healthy destinations alone, and beside the one that hangs. */
export interface Comparison {
  readonly alone: Measurement;
  readonly beside: Measurement;
}

export interface Measurement {
  /** Deliveries a second to the healthy destinations, from the first moment on to the last of them. */
  readonly throughput: number;
  /** Requests that hung meanwhile. */
  readonly hung: number;
}

const HEALTHY = ['healthy.1', 'healthy.2', 'healthy.3', 'healthy.4'];

/** Deliveries before the measurement, so that all workers are there. */
const WARM_UP = 200;

/**
 * Three workers of ten deliveries wait for receivers most of their time, so that they are what destinations share, as on AWS,
 * and not the processor of this machine.
 */
const CONTEXT = {
  deliverMaxConcurrency: 3,
  sweepIntervalMinutes: 60,
  keyRatePerSecond: 100_000,
  keyRateBurst: 100_000,
};

/**
 * Fills the delivery queue while nothing delivers, then lets the workers at it, and measures how fast the deliveries to
 * healthy destinations arrive. Publishing and routing are over by then: they share the machine, not the workers.
 */
export async function measure({ deliveries, timeoutMs }: Scenario): Promise<Comparison> {
  const stack = await startLocalStack({ context: CONTEXT });
  const receivers = await startReceivers();
  try {
    const client = await clientOf(stack);
    for (const type of HEALTHY) await client.route(type, `${receivers.url}/healthy/${type}`, 15_000);
    await client.route('hanging', `${receivers.url}/hanging`, timeoutMs);
    const throughput = async (types: readonly string[]): Promise<Measurement> => {
      const seconds = await drain(stack, client, receivers, types);
      return { throughput: deliveries / seconds, hung: receivers.hanging() };
    };
    await drain(stack, client, receivers, mixed(WARM_UP, false));
    const alone = await throughput(mixed(deliveries, false));
    return { alone, beside: await throughput(mixed(deliveries, true)) };
  } finally {
    await stack.stop();
    await receivers.stop();
  }
}

/** Types of events: healthy ones in turn, and a hanging one after each. */
const mixed = (deliveries: number, hanging: boolean): string[] =>
  Array.from({ length: deliveries }, (_, n) => HEALTHY[n % HEALTHY.length] ?? '').flatMap((type) =>
    hanging ? [type, 'hanging'] : [type],
  );

/** Publishes, waits until everything is in the queue, and answers with the seconds that the healthy deliveries take. */
async function drain(
  stack: LocalStack,
  client: Client,
  { arrivals }: Receivers,
  types: readonly string[],
): Promise<number> {
  stack.pauseMapping('deliver');
  arrivals.length = 0;
  await client.publish(types);
  await untilQueued(stack, types.length);
  const wanted = types.filter((type) => type !== 'hanging').length;
  const startedAt = performance.now();
  stack.resumeMapping('deliver');
  while (arrivals.length < wanted) await sleep(20);
  return ((arrivals.at(-1) ?? startedAt) - startedAt) / 1000;
}

async function untilQueued(stack: LocalStack, count: number): Promise<void> {
  const sqs = new SQSClient({ endpoint: stack.endpoints.sqs, region: REGION, credentials: STACK_CREDENTIALS });
  const command = new GetQueueAttributesCommand({
    QueueUrl: stack.outputs.DeliveryQueueUrl,
    AttributeNames: ['ApproximateNumberOfMessages'],
  });
  try {
    while (Number((await sqs.send(command)).Attributes?.ApproximateNumberOfMessages) < count) await sleep(100);
  } finally {
    sqs.destroy();
  }
}

async function clientOf({ apiUrl, endpoints, outputs }: LocalStack): Promise<Client> {
  const dynamodb = dynamoDbClient(endpoints.dynamodb);
  try {
    const table = openTable(outputs.TableName ?? '', dynamodb);
    const request = { organization: 'bench', environment: 'isolation', name: 'bench', scopes: SCOPES };
    return new Client(apiUrl, (await createApiKey(table, request, Date.now())).secret);
  } finally {
    dynamodb.destroy();
  }
}
