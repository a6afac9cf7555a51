import { setTimeout as sleep } from 'node:timers/promises';
import { createApiKey, SCOPES } from '../../lambdas/store/access/api-keys';
import { openTable } from '../../lambdas/store/table/table';
import { dynamoDbClient } from '../../local/dynamodb/client';
import { type LocalStack, startLocalStack } from '../../local/stack';
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
const WARM_UP = 60;

/**
 * Two workers of ten deliveries wait for receivers most of their time: so they are what destinations share, as on AWS, and not
 * the processor of this machine.
 */
const CONTEXT = {
  deliverMaxConcurrency: 2,
  sweepIntervalMinutes: 60,
  keyRatePerSecond: 100_000,
  keyRateBurst: 100_000,
};

/** Events a second for healthy destinations: more than the workers can deliver. The hanging one gets as many. */
const RATE = 15;

/** Measures how fast the deliveries to healthy destinations arrive, alone and beside as many that hang. */
export async function measure({ deliveries, timeoutMs }: Scenario): Promise<Comparison> {
  const stack = await startLocalStack({ context: CONTEXT });
  const receivers = await startReceivers();
  try {
    const client = await clientOf(stack);
    for (const type of HEALTHY) await client.route(type, `${receivers.url}/healthy/${type}`, 15_000);
    await client.route('hanging', `${receivers.url}/hanging`, timeoutMs);
    const throughput = async (types: readonly string[]): Promise<Measurement> => {
      const seconds = await deliverAll(client, receivers, types);
      return { throughput: deliveries / seconds, hung: receivers.hanging() };
    };
    await deliverAll(client, receivers, mixed(WARM_UP, false));
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

/** Publishes at a steady rate, and answers with the seconds from the first event to the last healthy arrival. */
async function deliverAll(client: Client, { arrivals }: Receivers, types: readonly string[]): Promise<number> {
  arrivals.length = 0;
  const healthy = types.filter((type) => type !== 'hanging').length;
  const perSecond = Math.round((RATE * types.length) / healthy);
  const startedAt = performance.now();
  for (let sent = 0; sent < types.length; sent += perSecond) {
    await client.publish(types.slice(sent, sent + perSecond));
    await sleep(Math.max(0, startedAt + ((sent + perSecond) / perSecond) * 1000 - performance.now()));
  }
  while (arrivals.length < healthy) await sleep(20);
  return ((arrivals.at(-1) ?? startedAt) - startedAt) / 1000;
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
