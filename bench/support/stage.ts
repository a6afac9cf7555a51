import { setTimeout as sleep } from 'node:timers/promises';
import { createApiKey, SCOPES } from '../../lambdas/store/access/api-keys';
import { openTable } from '../../lambdas/store/table/table';
import type { Interceptor } from '../../local/calls/call';
import { dynamoDbClient } from '../../local/dynamodb/client';
import { type LocalStack, type LocalStackOptions, startLocalStack } from '../../local/stack';
import type { Teardown } from '../../local/teardown';
import { type Assembly, loadAssembly } from '../../local/template/assembly';
import { synthesize } from '../../local/template/synthesize';
import { factsOf } from '../meters/facts';
import { Meter } from '../meters/meter';
import { Api } from './api';
import { Receiver, type ReceiverOptions } from './receiver';

/** A local stack with a meter on it. */
export interface Stage {
  readonly stack: LocalStack;
  readonly meter: Meter;
  readonly assembly: Assembly;
  /** A new environment with a key of its own. */
  tenant(): Promise<Api>;
  receiver(options?: ReceiverOptions): Promise<Receiver>;
}

export interface StageOptions extends Pick<LocalStackOptions, 'batchLimit' | 'streamShards'> {
  /** What else stands between functions and AWS. */
  readonly interceptors?: readonly Interceptor[];
}

/** Synthesizes the app and starts it. */
export async function openStage(
  context: Readonly<Record<string, unknown>>,
  teardown: Teardown,
  { interceptors: others = [], ...options }: StageOptions = {},
): Promise<Stage> {
  const app = await synthesize(context);
  teardown.add(() => app.remove());
  const assembly = loadAssembly(app.directory);
  const meter = new Meter(factsOf(assembly));
  const { interceptors, handled, line } = meter;
  const stack = await startLocalStack({
    ...options,
    assembly: app.directory,
    interceptors: [...interceptors, ...others],
    functionHandled: handled,
    functionLog: line,
  });
  teardown.add(() => stack.stop());
  let tenants = 0;
  return {
    stack,
    meter,
    assembly,
    tenant: async () => {
      tenants += 1;
      return new Api(stack.apiUrl, await makeKey(stack, `bench-${tenants}`));
    },
    receiver: async (options) => {
      const receiver = new Receiver(options);
      await receiver.start();
      teardown.add(() => receiver.stop());
      return receiver;
    },
  };
}

/** Far from what a bench publishes, as an operator would set it: a key at its limit leases its calls one by one. */
const RATE_LIMIT = { perSecond: 1000, burst: 2000 };

async function makeKey({ endpoints, outputs }: LocalStack, name: string): Promise<string> {
  const client = dynamoDbClient(endpoints.dynamodb);
  try {
    const request = { organization: name, environment: name, name, scopes: SCOPES, rateLimit: RATE_LIMIT };
    return (await createApiKey(openTable(outputs.TableName ?? '', client), request, Date.now())).secret;
  } finally {
    client.destroy();
  }
}

/** Something did not come to an end in time. */
export class StalledError extends Error {
  override readonly name = 'StalledError';
}

/** Waits for a condition. */
export async function until(what: string, holds: () => boolean, patienceMs = 60_000): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!holds()) {
    if (Date.now() > deadline) throw new StalledError(`Waited ${patienceMs / 1000} s in vain for ${what}.`);
    await sleep(20);
  }
}

/** Waits until no function has had anything to do for a while, in milliseconds: longer than any batching window. */
export const quiet = ({ meter }: Pick<Stage, 'meter'>, forMs = 3_500): Promise<void> =>
  until('the functions to come to rest', () => Date.now() - meter.lastActive > forMs);
