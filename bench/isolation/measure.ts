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
  /** How long destinations that are not healthy are waited for, in milliseconds. */
  readonly timeoutMs: number;
  /** Paths or whole URLs of destinations that are not healthy. Together they get as many deliveries as the healthy ones. */
  readonly beside: readonly string[];
}

export interface Measurement {
  /** Deliveries a second to the healthy destinations, from the first event to the last arrival. */
  readonly throughput: number;
  /** Attempts that failed meanwhile. */
  readonly failed: number;
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

/** Events a second for healthy destinations: more than the workers can deliver. */
const RATE = 15;

/** How long to wait for arrivals, as a multiple of the time that publishing takes: a delivery that failed never arrives. */
const PATIENCE = 4;

/** Measures how fast the deliveries to healthy destinations arrive beside others. */
export async function measure({ deliveries, timeoutMs, beside }: Scenario): Promise<Measurement> {
  let failed = 0;
  const functionLog = (_name: string, line: string) => {
    if (line.includes('"outcome":{"kind":"died"}')) failed += 1;
  };
  const stack = await startLocalStack({ context: CONTEXT, functionLog });
  const receivers = await startReceivers();
  try {
    const client = await clientOf(stack);
    for (const type of HEALTHY) await client.route(type, `${receivers.url}/healthy/${type}`, 15_000);
    for (const url of beside) await client.route(url, new URL(url, receivers.url).href, timeoutMs);
    await deliverAll(client, receivers, mixed(WARM_UP, []));
    return { throughput: await deliverAll(client, receivers, mixed(deliveries, beside)), failed };
  } finally {
    await stack.stop();
    await receivers.stop();
  }
}

const inTurn = (types: readonly string[], n: number): string[] => types.slice(n % types.length).slice(0, 1);

/** Types of events: healthy ones in turn, and after each one of the others, in turn too. */
const mixed = (deliveries: number, beside: readonly string[]): string[] =>
  Array.from({ length: deliveries }, (_, n) => [...inTurn(HEALTHY, n), ...inTurn(beside, n)]).flat();

/** Publishes at a steady rate, and answers with the healthy arrivals a second, from the first event to the last arrival. */
async function deliverAll(client: Client, { arrivals }: Receivers, types: readonly string[]): Promise<number> {
  arrivals.length = 0;
  const healthy = types.filter((type) => HEALTHY.includes(type)).length;
  const perSecond = Math.round((RATE * types.length) / healthy);
  const startedAt = performance.now();
  for (let sent = 0; sent < types.length; sent += perSecond) {
    await client.publish(types.slice(sent, sent + perSecond));
    await sleep(Math.max(0, startedAt + ((sent + perSecond) / perSecond) * 1000 - performance.now()));
  }
  const deadline = startedAt + (PATIENCE * healthy * 1000) / RATE;
  while (arrivals.length < healthy && performance.now() < deadline) await sleep(20);
  const endedAt = arrivals.length < healthy ? deadline : (arrivals.at(-1) ?? deadline);
  return (arrivals.length * 1000) / (endedAt - startedAt);
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
