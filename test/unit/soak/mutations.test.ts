import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from 'vitest';
import { claimParameters } from '../../../lambdas/store/deliveries/claims';
import { newDeliveryItem } from '../../../lambdas/store/deliveries/new-delivery';
import { openTable } from '../../../lambdas/store/table/table';
import { type Answer, Call, type JsonObject, jsonAnswer, resultOf, type Service } from '../../../local/calls/call';
import type { Caller } from '../../../local/calls/caller';
import { type Mutation, mutationOf } from '../../../soak/chaos/mutations';

/** The body of the call that a command becomes. */
async function bodyOf(command: UpdateCommand | PutCommand | TransactWriteCommand): Promise<Buffer> {
  const client = new DynamoDBClient({ region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
  let body = '';
  client.middlewareStack.add(
    () => async (args) => {
      body = String(Object(args.request).body);
      return { response: undefined, output: { $metadata: {} } };
    },
    { step: 'finalizeRequest', priority: 'high' },
  );
  // Nothing is sent: there is no answer to read, either.
  await openTable('table', client)
    .documents.send(command as UpdateCommand)
    .catch(() => undefined);
  return Buffer.from(body);
}

const caller = { kind: 'function', logicalId: 'deliver', worker: 'w' } as const;

const callOf = (operation: string, body: Buffer, by: Caller = caller, service: Service = 'dynamodb') =>
  new Call({ caller: by, service, operation, method: 'POST', path: '/', headers: {}, body });

/** What arrives of a call under a mutation; undefined when it was swallowed. */
async function mutated(mutation: Mutation, operation: string, body: Buffer): Promise<JsonObject | undefined> {
  const call = callOf(operation, body);
  const arrived: JsonObject[] = [];
  const forward = async (forwarded: Call): Promise<Answer> => {
    arrived.push(forwarded.parameters);
    return jsonAnswer(200, {});
  };
  expect((await mutationOf(mutation)(call, forward)).status).toBe(200);
  return arrived[0];
}

const MESSAGE = { base: '0'.repeat(24), ordinal: 1, attempt: 1, environment: 'env', destination: 'dst', token: 't' };
const claim = new UpdateCommand(claimParameters('table', { message: MESSAGE, claimId: 'c', now: 1, until: 2 }));
const delivery = newDeliveryItem(
  {
    ...{ base: MESSAGE.base, ordinal: 1, organization: 'o', environment: 'e', connection: 'c', destination: 'd' },
    ...{ cause: 'auto', maxAttempts: 3, createdAt: new Date(0).toISOString() },
  },
  4,
  30,
);
const ConditionExpression = 'attribute_not_exists(pk)';
const put = (Item: Record<string, unknown>) => new PutCommand({ TableName: 'table', Item, ConditionExpression });
const under = { ConditionExpression: '#claimId = :claimId' };

describe('a mutation', () => {
  test('lets every claim of a delivery succeed, and still names all values', async () => {
    const [before, after] = [await bodyOf(claim), await mutated('claim-condition', 'UpdateItem', await bodyOf(claim))];
    const names = (text: unknown) => new Set(String(text).match(/:\w+/g));
    const original = Object(JSON.parse(before.toString()));
    expect(after?.ConditionExpression).not.toBe(original.ConditionExpression);
    const used = names(`${after?.UpdateExpression} ${after?.ConditionExpression}`);
    expect(used).toEqual(new Set(Object.keys(original.ExpressionAttributeValues)));
  });

  test('swallows records of attempts, alone and in a transaction, and nothing else', async () => {
    const Update = { TableName: 'table', Key: { pk: 'a', sk: 'b' }, UpdateExpression: 'SET made = :claimId', ...under };
    expect(
      await mutated('record-before-acknowledge', 'UpdateItem', await bodyOf(new UpdateCommand(Update))),
    ).toBeUndefined();
    const together = await bodyOf(new TransactWriteCommand({ TransactItems: [{ Update }] }));
    expect(await mutated('record-before-acknowledge', 'TransactWriteItems', together)).toBeUndefined();
    expect(await mutated('record-before-acknowledge', 'UpdateItem', await bodyOf(claim))).toBeDefined();
  });

  test('takes the condition off the put of a delivery, and leaves it on that of an event', async () => {
    const item = await mutated('conditional-delivery-put', 'PutItem', await bodyOf(put(delivery)));
    expect(item).not.toHaveProperty('ConditionExpression');
    const event = await mutated('conditional-delivery-put', 'PutItem', await bodyOf(put({ pk: 'EVT#1', sk: 'EVT' })));
    expect(event).toMatchObject({ ConditionExpression });
  });

  test('takes the condition off the marker of what was counted', async () => {
    const Put = { TableName: 'table', Item: { pk: 'COUNTED#1', sk: 'COUNTED' }, ConditionExpression };
    const body = await bodyOf(new TransactWriteCommand({ TransactItems: [{ Put }] }));
    const after = Object(await mutated('aggregate-marker', 'TransactWriteItems', body));
    expect(after.TransactItems[0].Put).not.toHaveProperty('ConditionExpression');
    expect(after.TransactItems[0].Put.Item.pk).toEqual({ S: 'COUNTED#1' });
  });

  test.each([
    ['mirror-marks', 'deliver', 'accepted'],
    ['schema-check', 'route', 'schema'],
    ['rate-limit-turn', 'deliver', 'rateLimit'],
    ['recovery-plan', 'sweep', 'plan'],
  ] as const)('%s hides from %s that an item has %s, and from nobody else', async (mutation, logicalId, attribute) => {
    const Item = { pk: { S: 'a' }, [attribute]: { S: 'b' } };
    const seenBy = async (name: string) => {
      const call = callOf('GetItem', Buffer.from('{}'), { kind: 'function', logicalId: name, worker: 'w' });
      return resultOf(await mutationOf(mutation)(call, async () => jsonAnswer(200, { Item })));
    };
    expect(await seenBy(`${logicalId}F00`)).toEqual({ Item: { pk: { S: 'a' } } });
    expect(await seenBy('apiF00')).toEqual({ Item });
  });

  test('loses the last of several messages, and never the only one', async () => {
    const send = (...Ids: string[]) =>
      mutated('message-for-each-delivery', 'SendMessageBatch', Buffer.from(JSON.stringify({ Entries: Ids })));
    expect(await send('0', '1')).toEqual({ Entries: ['0'] });
    expect(await send('0')).toEqual({ Entries: ['0'] });
  });
});
