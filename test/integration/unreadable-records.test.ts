import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { STACK_CREDENTIALS } from '../../local/dynamodb/client';
import { REGION } from '../../local/template/template';
import { eventually } from './support/eventually';
import { useOwnWorld } from './support/world';

const world = useOwnWorld();

const keptShape = z.object({
  function: z.enum(['route', 'aggregate']),
  reason: z.string().min(1),
  key: z.object({ pk: z.string(), sk: z.string() }),
});

test('an event that cannot be read is set aside by whoever reads it, and the events behind it go on', async () => {
  const [tenant, receiver] = [await world().tenant(), await world().receiver()];
  await tenant.routeTo(receiver.url);
  const { stack, table } = world();
  const broken = { pk: 'EVT#broken', sk: 'EVT', secret: 'of a customer' };
  await table.table.documents.send(new PutCommand({ TableName: table.table.name, Item: broken }));
  await tenant.reached(await tenant.publish(), 'delivered');
  const sqs = new SQSClient({ endpoint: stack.endpoints.sqs, region: REGION, credentials: STACK_CREDENTIALS });
  const kept: string[] = [];
  await eventually('two messages', async () => {
    const command = new ReceiveMessageCommand({ QueueUrl: stack.outputs.SetAsideQueueUrl, MaxNumberOfMessages: 10 });
    const { Messages = [] } = await sqs.send(command);
    kept.push(...Messages.map(({ Body = '' }) => Body));
    return kept.length >= 2;
  });
  const messages = kept.map((body) => keptShape.parse(JSON.parse(body)));
  expect(messages.map(({ function: name }) => name).sort()).toEqual(['aggregate', 'route']);
  for (const { key } of messages) expect(key).toEqual({ pk: 'EVT#broken', sk: 'EVT' });
  expect(kept.join('')).not.toContain('of a customer');
  sqs.destroy();
});
