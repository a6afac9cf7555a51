import { createApiKey, SCOPES } from '../lambdas/store/access/api-keys';
import { openTable } from '../lambdas/store/table/table';
import { dynamoDbClient } from '../local/dynamodb/client';
import { type LocalStack, type LocalStackOptions, startLocalStack } from '../local/stack';
import type { Teardown } from '../local/teardown';
import { Api } from './api';
import { createDestination, createSource } from './configure';
import { choosePayloads } from './payloads';
import { Progress } from './progress';
import { type Published, publishAll } from './publish';
import { readDeadLetterDepth, readHistories } from './read-back';
import { Receiver } from './receiver';
import { castText, checksText, exampleText, payloadsText, tableText } from './report';
import { ROLES } from './roles';
import { settle } from './settle';
import { type Check, type Evidence, expectedPairs, judge } from './verdict';

/** What the demo needs from the world. */
export interface Stage {
  readonly output: { readonly isTTY?: boolean; write(text: string): unknown };
  /** Says what is happening, one line at a time. */
  readonly log: (line: string) => void;
  /** Takes what has to be stopped in the end. */
  readonly teardown: Teardown;
  /** How to start the stack, where that differs from the defaults. */
  readonly stack?: Omit<LocalStackOptions, 'log'>;
}

/** One receiver fails for ever, to show dead letters: its breaker would park what is left. */
const PATIENT = { breakerThreshold: 10_000 };

/**
 * Delivers real payloads to receivers that misbehave, and checks from all sides what became of them.
 *
 * @returns whether every payload arrived byte for byte or is a dead letter, and everybody's counts agree
 */
export async function runDemo(stage: Stage): Promise<boolean> {
  const { output, log, teardown } = stage;
  const stack = await startLocalStack({ context: PATIENT, ...stage.stack, log });
  teardown.add(() => stack.stop());
  const api = new Api(stack.apiUrl, await makeKey(stack));
  const source = await createSource(api);
  const receivers = await startReceivers(stage, api, source);
  log(`four receivers are ready\n\n${castText()}`);

  const payloads = choosePayloads();
  log(`publishing ${payloadsText(payloads)}\n`);
  const published = await publishAll(api, payloads, source);
  await follow(stage, stack, api, published);

  const evidence = await gather(stack, api, receivers, published);
  const checks = judge(evidence);
  output.write(`\n${tableText(evidence)}\n${exampleText(evidence.deliveries)}\n${checksText(checks)}\n`);
  return checks.every(({ problems }: Check) => problems.length === 0);
}

async function makeKey({ endpoints, outputs }: LocalStack): Promise<string> {
  const client = dynamoDbClient(endpoints.dynamodb);
  try {
    const table = openTable(outputs.TableName ?? '', client);
    const request = { organization: 'demo', environment: 'demo', name: 'demo', scopes: SCOPES };
    return (await createApiKey(table, request, Date.now())).secret;
  } finally {
    client.destroy();
  }
}

async function startReceivers({ teardown }: Stage, api: Api, source: string): Promise<Receiver[]> {
  const receivers = ROLES.map((role) => new Receiver(role));
  for (const receiver of receivers) {
    const url = await receiver.start();
    teardown.add(() => receiver.stop());
    await createDestination(api, receiver, url, source);
  }
  return receivers;
}

async function follow({ output }: Stage, stack: LocalStack, api: Api, published: readonly Published[]): Promise<void> {
  const progress = new Progress(output);
  const expected = expectedPairs({ roles: ROLES, published }).length;
  // What did not settle in time fails the checks, which say more about it than "in time".
  await settle(api, expected, () => readDeadLetterDepth(stack), progress);
  progress.end();
}

async function gather(
  stack: LocalStack,
  api: Api,
  receivers: readonly Receiver[],
  published: readonly Published[],
): Promise<Evidence> {
  return {
    roles: ROLES,
    published,
    deliveries: await readHistories(api),
    deadLetterDepth: await readDeadLetterDepth(stack),
    received: receivers.flatMap(({ requests }) => requests),
  };
}
