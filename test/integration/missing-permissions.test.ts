import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import * as z from 'zod';
import { type LocalStack, startLocalStack } from '../../local/stack';
import { assemblyWithout } from './support/fewer-permissions';
import { playSampleEvent } from './support/sample-events';

/** One permission of each function, and a sample event for which the function needs it. */
const CASES = [
  { function: 'ingest', action: 'dynamodb:PutItem', resource: /Table/, event: 'ingest-publish.json' },
  { function: 'route', action: 'sqs:SendMessage', resource: /DeliveryQueue/, event: 'route-event-inserted.json' },
  { function: 'deliver', action: 'dynamodb:UpdateItem', resource: /Table/, event: 'deliver.json' },
  { function: 'aggregate', action: 'dynamodb:UpdateItem', resource: /Table/, event: 'aggregate-event-accepted.json' },
  { function: 'api', action: 'dynamodb:Query', resource: /index/, event: 'api-list-deliveries.json' },
  { function: 'manage', action: 'dynamodb:Query', resource: /Table/, event: 'manage-list-sources.json' },
  { function: 'sweep', action: 'sqs:GetQueueAttributes', resource: /DeadLetterQueue/, event: 'sweep.json' },
] as const;

const assembly = assemblyWithout(CASES, inject('assemblies').usual);
const log: string[] = [];
let stack: LocalStack;

beforeAll(async () => {
  stack = await startLocalStack({ assembly: assembly.directory, log: (line) => log.push(line) });
  for (const name of ['route', 'aggregate', 'deliver']) stack.pauseMapping(name);
});
afterAll(async () => {
  await stack?.stop();
  assembly.remove();
});

const outcome = z.object({
  statusCode: z.number().optional(),
  batchItemFailures: z.array(z.unknown()).default([]),
});

/** Whether the function threw, answered 500 or reported what it was given as failed. */
async function fails(event: string): Promise<boolean> {
  try {
    const { statusCode, batchItemFailures } = outcome.parse(await playSampleEvent(stack, event));
    return statusCode === 500 || batchItemFailures.length > 0;
  } catch {
    return true;
  }
}

describe('without one of its permissions', () => {
  test.each(CASES)('$function fails with $event', async ({ function: name, action, event }) => {
    expect(await fails(event)).toBe(true);
    const denied = log.filter((line) => line.startsWith('ACCESS DENIED') && line.includes(`Functions${name}Role`));
    expect(denied.join()).toContain(action.startsWith('sqs:') ? action.toLowerCase() : action);
  });
});
