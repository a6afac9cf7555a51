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

  /** A receiver that is stopped after the tests of a file. */
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

  async stopReceivers(): Promise<void> {
    await Promise.all(this.receivers.splice(0).map((receiver) => receiver.stop()));
  }

  async stop(): Promise<void> {
    this.table.close();
    this.queues.close();
    this.scheduler.destroy();
    await this.stopReceivers();
    await this.stack.stop();
  }
}

type Options = Omit<LocalStackOptions, 'assembly' | 'context'>;

/** Starts a stack from an assembly that was synthesized for this test run. */
export async function startWorld(variant: Variant = 'usual', options: Options = {}): Promise<World> {
  // Each shard has workers of its own to start. Tests about shards ask for more of them; the soak runs four.
  return new World(await startLocalStack({ streamShards: 1, ...options, assembly: inject('assemblies')[variant] }));
}

/** Test files share a process, and this stack in it. The stack ends with the process. */
let shared: Promise<World> | undefined;

/**
 * A running stack for the tests of a file, which other files use before and after it. Tests get tenants of their own; what
 * all tenants have in common, such as the queues, the sweep and whether functions take messages, is not theirs to look at
 * or to change: see {@link useOwnWorld}.
 */
export function useWorld(): () => World {
  return useStarted(
    () => {
      shared ??= startWorld();
      return shared;
    },
    (world) => world.stopReceivers(),
  );
}

/** One stack for the tests of a file alone. */
export function useOwnWorld(variant?: Variant, options?: Options): () => World {
  return useStarted(
    () => startWorld(variant, options),
    (world) => world.stop(),
  );
}

function useStarted(start: () => Promise<World>, end: (world: World) => Promise<void>): () => World {
  let world: World | undefined;
  beforeAll(async () => {
    world = await start();
  });
  afterAll(async () => {
    if (world) await end(world);
    world = undefined;
  });
  return () => {
    if (!world) throw new Error('The stack runs only while tests run.');
    return world;
  };
}
