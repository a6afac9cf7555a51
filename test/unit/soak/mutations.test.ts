import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from 'vitest';
import { claimParameters } from '../../../lambdas/store/deliveries/claims';
import { parseDelivery } from '../../../lambdas/store/deliveries/delivery-items';
import { newDeliveryItem } from '../../../lambdas/store/deliveries/new-delivery';
import { recordParameters } from '../../../lambdas/store/deliveries/outcomes';
import { restartParameters } from '../../../lambdas/store/deliveries/transitions';
import { openTable } from '../../../lambdas/store/table/table';
import { type Answer, Call, type JsonObject, jsonAnswer, resultOf } from '../../../local/calls/call';
import { MUTATIONS, type Mutation } from '../../../soak/chaos/mutations';
import { RULES } from '../../../soak/checks/rules';

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

/** What arrives of a call under a mutation, and how it is answered. */
async function under(
  mutation: Mutation,
  operation: string,
  body: Buffer,
  result: JsonObject = {},
  logicalId = 'deliver',
) {
  const caller = { kind: 'function', logicalId, worker: 'w' } as const;
  const call = new Call({ caller, service: 'dynamodb', operation, method: 'POST', path: '/', headers: {}, body });
  const arrived: JsonObject[] = [];
  const forward = async (forwarded: Call): Promise<Answer> => {
    arrived.push(forwarded.parameters);
    return jsonAnswer(200, result);
  };
  const answer = await MUTATIONS[mutation].intercept()(call, forward);
  expect(answer.status).toBe(200);
  return { arrived, answer: resultOf(answer) };
}

/** What arrives of a call under a mutation; undefined when it was swallowed. */
const mutated = async (mutation: Mutation, operation: string, body: Buffer): Promise<JsonObject | undefined> =>
  (await under(mutation, operation, body)).arrived[0];

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
const record = recordParameters(
  'table',
  {
    ...{ delivery: parseDelivery(delivery), claimId: 'c', maxAttempts: 3, now: 1 },
    attempt: { number: 1, trigger: 'auto', startedAt: 0, latencyMs: 1 },
    outcome: { kind: 'retry', nextAttemptAt: 2 },
  },
  { shards: 4, retentionDays: 30 },
);
const ConditionExpression = 'attribute_not_exists(pk)';
const put = (Item: Record<string, unknown>) => new PutCommand({ TableName: 'table', Item, ConditionExpression });
const underClaim = { ConditionExpression: '#claimId = :claimId' };

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
    const Update = {
      TableName: 'table',
      Key: { pk: 'a', sk: 'b' },
      UpdateExpression: 'SET made = :claimId',
      ...underClaim,
    };
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

  test('accepts half of all events without writing them', async () => {
    const arrives = async (pk: string, sk = 'EVT') =>
      (await mutated('event-put', 'PutItem', await bodyOf(put({ pk, sk })))) !== undefined;
    expect([await arrives('EVT#0'), await arrives('EVT#f'), await arrives('EVT#0', 'DLV#0001')]).toEqual([
      false,
      true,
      true,
    ]);
  });

  test('answers a first claim as the table would, and does not write it', async () => {
    const { arrived, answer } = await under('claim-before-request', 'UpdateItem', await bodyOf(claim), {
      Item: { made: { N: '0' }, status: { S: 'pending' } },
    });
    expect(arrived).toEqual([expect.objectContaining({ ConsistentRead: true })]);
    expect(answer).toMatchObject({
      Attributes: { made: { N: '0' }, status: { S: 'sent' }, claimId: { S: 'c' }, claimUntil: { N: '2' } },
    });
  });

  test('claims a delivery once more while it is claimed', async () => {
    const { arrived } = await under('exclusive-claim', 'UpdateItem', await bodyOf(claim), {
      Attributes: { claims: { N: '1' } },
    });
    const claims = arrived.map(({ ExpressionAttributeValues }) => Object(ExpressionAttributeValues)[':claim'].S);
    expect(claims).toEqual(['c', 'another-worker']);
  });

  test('records what a receiver refused as delivered, alone and in a transaction', async () => {
    const delivered = async (operation: string, command: UpdateCommand | TransactWriteCommand) =>
      JSON.stringify(await mutated('accepted-before-delivered', operation, await bodyOf(command)));
    expect(await delivered('UpdateItem', new UpdateCommand(record))).toContain('":status":{"S":"delivered"}');
    const together = new TransactWriteCommand({ TransactItems: [{ Update: record }] });
    expect(await delivered('TransactWriteItems', together)).toContain('":status":{"S":"delivered"}');
  });

  test('changes the reason of a fresh round', async () => {
    const restart = restartParameters('table', parseDelivery(delivery), 'manual', 1);
    const after = await mutated('reason-of-a-round', 'UpdateItem', await bodyOf(new UpdateCommand(restart)));
    expect(after).toMatchObject({ ExpressionAttributeValues: { ':cause': { S: 'requeue' } } });
  });

  test('changes bytes and secrets that a worker reads', async () => {
    const read = async (mutation: Mutation, Item: JsonObject) =>
      (await under(mutation, 'GetItem', Buffer.from('{}'), { Item })).answer;
    const bytes = (text: string) => ({ body: { B: Buffer.from(text).toString('base64') } });
    expect(await read('payload-bytes', bytes('{}'))).toEqual({ Item: bytes('{} ') });
    const secrets = (secret: string) => ({ signingSecrets: { L: [{ S: secret }] } });
    const changed = await read('signing-secret', secrets('whsec_MDEyMzQ1Njc4OWFiY2Q='));
    expect(changed).toEqual({ Item: secrets('whsec_AAAAAAAANjc4OWFiY2Q=') });
  });

  test.each([
    ['accepted-targets', 'deliver', 'accepted'],
    ['schema-of-a-connection', 'route', 'schema'],
    ['turn-before-request', 'deliver', 'rateLimit'],
    ['plan-of-a-recovery', 'sweep', 'plan'],
  ] as const)('%s hides from %s that an item has %s, and from nobody else', async (mutation, name, attribute) => {
    const Item = { pk: { S: 'a' }, [attribute]: { S: 'b' } };
    const seenBy = async (logicalId: string) =>
      (await under(mutation, 'GetItem', Buffer.from('{}'), { Item }, logicalId)).answer;
    expect(await seenBy(`${name}F00`)).toEqual({ Item: { pk: { S: 'a' } } });
    expect(await seenBy('apiF00')).toEqual({ Item });
  });

  test('hides from the API the last delivery of an event', async () => {
    const item = (sk: string, status: JsonObject = {}) => ({ sk: { S: sk }, ...status });
    const status = { status: { S: 'failed' } };
    const Items = [item('DLV#0001', status), item('DLV#0002', status), item('DLV#0002#ATT#0002')];
    const read = async (all: readonly JsonObject[]) =>
      (await under('every-delivery-of-an-event', 'Query', Buffer.from('{}'), { Items: all }, 'apiF00')).answer;
    expect(await read(Items)).toEqual({ Items: [Items[0], Items[2]] });
    expect(await read([item('DLV#0001')])).toEqual({ Items: [item('DLV#0001')] });
  });

  test('loses the last of several messages, and never the only one', async () => {
    const send = (...Entries: string[]) =>
      mutated('message-for-each-delivery', 'SendMessageBatch', Buffer.from(JSON.stringify({ Entries })));
    expect(await send('0', '1')).toEqual({ Entries: ['0'] });
    expect(await send('0')).toEqual({ Entries: ['0'] });
  });

  test('is there for every rule', () => {
    const broken = new Set(Object.values(MUTATIONS).flatMap(({ breaks }) => breaks));
    expect(RULES.filter((rule) => !broken.has(rule))).toEqual([]);
  });
});
