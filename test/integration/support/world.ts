import { ListSchedulesCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { afterAll, beforeAll, inject } from 'vitest';
import { type ApiKeyRequest, createApiKey, SCOPES } from '../../../lambdas/store/access/api-keys';
import { STACK_CREDENTIALS } from '../../../local/dynamodb/client';
import { type LocalStack, type LocalStackOptions, startLocalStack } from '../../../local/stack';
import { REGION } from '../../../local/template/template';
import type { Variant } from './assemblies';
import { readDeliverLog } from './function-log';
import { QueueProbe } from './queues';
import { type Behaviour, type Receiver, startReceiver } from './receiver';
import { TableProbe } from './table';
import { Tenant } from './tenant';

/** A running stack with everything a test needs to use it and to look into it. */
export class World {
  readonly table: TableProbe;
  readonly queues: QueueProbe;
  private readonly scheduler: SchedulerClient;
  private readonly receivers: Receiver[] = [];
  private tenants = 0;

  constructor(readonly stack: LocalStack) {
    const { endpoints, outputs } = stack;
    this.table = new TableProbe(endpoints.dynamodb, outputs.TableName ?? '');
    this.queues = new QueueProbe(endpoints.sqs, outputs);
    this.scheduler = new SchedulerClient({
      endpoint: endpoints.scheduler,
      region: REGION,
      credentials: STACK_CREDENTIALS,
    });
  }

  /** A new environment with a key that may do everything, in an organization of its own unless one is named. */
  async tenant(organization?: string): Promise<Tenant> {
    this.tenants += 1;
    const names = { organization: organization ?? `acme-${this.tenants}`, environment: `production-${this.tenants}` };
    const { secret, environment = '' } = await this.key(names);
    return new Tenant(this.stack.apiUrl, secret, environment, names);
  }

  /** Makes an API key as the operator's command does. */
  async key(request: Pick<ApiKeyRequest, 'organization'> & Partial<ApiKeyRequest>) {
    const whole = { name: 'test', scopes: SCOPES, ...request };
    const { secret, key } = await createApiKey(this.table.table, whole, Date.now());
    return { secret, id: key.id, organization: key.organization, environment: key.environment };
  }

  /** A receiver that is stopped with the world. */
  async receiver(behaviour?: Behaviour): Promise<Receiver> {
    const receiver = await startReceiver(behaviour);
    this.receivers.push(receiver);
    return receiver;
  }

  /** Names of the one-time schedules of an event's deliveries. */
  async schedulesOf(eventId: string): Promise<string[]> {
    const { Schedules = [] } = await this.scheduler.send(new ListSchedulesCommand({ MaxResults: 100 }));
    return Schedules.map(({ Name = '' }) => Name).filter((name) => name.startsWith(eventId.slice(4, 28)));
  }

  /** What `deliver` logged about the messages of a delivery, oldest first. */
  handled(deliveryId: string) {
    return readDeliverLog(this.stack.logs('deliver'), deliveryId);
  }

  async stop(): Promise<void> {
    this.table.close();
    this.queues.close();
    this.scheduler.destroy();
    await Promise.all(this.receivers.map((receiver) => receiver.stop()));
    await this.stack.stop();
  }
}

/** Starts a stack from an assembly that was synthesized for this test run. */
export async function startWorld(
  variant: Variant = 'usual',
  options: Omit<LocalStackOptions, 'assembly' | 'context'> = {},
): Promise<World> {
  return new World(await startLocalStack({ ...options, assembly: inject('assemblies')[variant] }));
}

/** One stack for all tests of a file. */
export function useWorld(variant?: Variant): () => World {
  let world: World | undefined;
  beforeAll(async () => {
    world = await startWorld(variant);
  });
  afterAll(async () => {
    await world?.stop();
  });
  return () => {
    if (!world) throw new Error('The stack runs only while tests run.');
    return world;
  };
}
