import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { conditionFailed } from '../support/dynamo-errors';
import { apiKeyItem, apiKeyOf, fakeTable, KEY } from '../support/fake-table';
import { setEnvironment } from '../support/function-environment';
import { type Call, httpEvent, lambdaContext } from '../support/http-event';
import { eventItem } from '../support/items';
import { captureOutput } from '../support/log-lines';
import { ENVIRONMENT, eventOf, idOf, SOURCE, sourceOf } from '../support/records';

interface Answer {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}
let handler: (event: APIGatewayProxyEventV2, context: Context) => Promise<unknown>;
const table = fakeTable();
let output: ReturnType<typeof captureOutput>;

beforeAll(async () => {
  setEnvironment('ingest');
  ({ handler } = await import('../../../lambdas/functions/ingest/handler'));
});
beforeEach(() => {
  table.reset(
    apiKeyItem(),
    apiKeyItem(apiKeyOf({ hash: 'e'.repeat(64) })),
    { pk: `SRC#${SOURCE}`, sk: 'SRC', environment: ENVIRONMENT },
    { pk: `ENV#${ENVIRONMENT}`, sk: `SRC#${SOURCE}`, ...sourceOf() },
  );
  for (const command of [PutCommand, UpdateCommand]) table.documents.on(command as never).resolves({});
  output = captureOutput();
});
afterEach(() => output.restore());

async function call(changes: Partial<Call> & { path: string }): Promise<Answer> {
  const event = httpEvent({ method: 'POST', headers: { 'x-api-key': KEY }, ...changes });
  return (await handler(event, lambdaContext())) as Answer;
}
const publish = (body: unknown, headers: Record<string, string> = { 'x-api-key': KEY }) =>
  call({ path: '/v1/events', body, headers });
const writes = () => table.documents.commandCalls(PutCommand).map((one) => one.args[0].input);
const event = { type: 'order.created', payload: { card: '4111-1111' } };

describe('the function ingest', () => {
  it('answers 202 only when the event is written: one conditional put, and nothing else', async () => {
    const { statusCode, headers, body } = await publish(event);
    expect(statusCode).toBe(202);
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'x-request-id': 'request-1' });
    expect(writes()).toHaveLength(1);
    expect(writes()[0]).toMatchObject({ TableName: 'table', ConditionExpression: 'attribute_not_exists(pk)' });
    expect(JSON.parse(body).event.id).toBe(`evt_${String(writes()[0]?.Item?.pk).slice(4)}00000000`);
  });

  it('writes an item that the timeline lists and the TTL removes', async () => {
    await publish(event);
    const { Item } = writes()[0] ?? {};
    expect(Item).toMatchObject({ sk: 'EVT', type: 'order.created' });
    expect(Item?.tlPk).toMatch(new RegExp(`^ENV#${ENVIRONMENT}#EVT#[01]$`));
    expect(Item?.expiresAt).toBe(Math.floor(Date.parse(Item?.tlSk.slice(0, 24)) / 1000) + 30 * 86_400);
  });

  it('answers 500 without a word of its inside when the write fails', async () => {
    table.documents.on(PutCommand).rejects(new Error('ThrottlingException: table posthorn-secret-name'));
    const { statusCode, body } = await publish(event);
    expect(statusCode).toBe(500);
    expect(JSON.parse(body)).toEqual({ error: 'Something went wrong on our side', code: 'INTERNAL_ERROR' });
  });

  it('answers a repetition with the event that is there', async () => {
    await publish(event, { 'x-api-key': KEY, 'idempotency-key': 'k' });
    const [first] = writes();
    table.documents.on(PutCommand).rejects(conditionFailed(first?.Item ?? {}));
    const again = await publish(event, { 'x-api-key': KEY, 'idempotency-key': 'k' });
    expect(again.statusCode).toBe(202);
    expect(JSON.parse(again.body).event.id).toContain(String(first?.Item?.pk).slice(4));
    const other = await publish({ ...event, payload: 1 }, { 'x-api-key': KEY, 'idempotency-key': 'k' });
    expect(other.statusCode).toBe(409);
  });

  it('ingests bytes through a source without any key', async () => {
    const body = Buffer.from([0, 255, 1]);
    const answer = await call({ path: `/v1/ingest/${SOURCE}`, body, base64: true, headers: {} });
    expect(answer.statusCode).toBe(202);
    expect(Buffer.from(writes()[0]?.Item?.body)).toEqual(body);
  });

  it.each([
    ['no key', {}, 401],
    ['an unknown key', { 'x-api-key': 'phk_unknown' }, 401],
    ['another scheme', { authorization: `Basic ${KEY}` }, 401],
    ['a bearer token', { authorization: `Bearer ${KEY}` }, 202],
    ['a lower-case scheme', { authorization: `bearer ${KEY}` }, 202],
  ])('answers %s with %o: %i', async (_, headers, status) => {
    expect((await publish(event, headers)).statusCode).toBe(status);
    expect(writes()).toHaveLength(status === 202 ? 1 : 0);
  });

  it.each([
    ['revoked', { revokedAt: '2026-01-02T00:00:00.000Z' }, 401],
    ['expired', { expiresOn: '2020-01-01T00:00:00.000Z' }, 401],
    ['without the scope', { scopes: ['read'] as const }, 403],
    ['of the whole organization', { environment: undefined }, 403],
  ])('refuses a key that is %s', async (name, changes, status) => {
    const secret = `phk_${name}`;
    const { createHash } = await import('node:crypto');
    const hash = createHash('sha256').update(secret).digest('hex');
    table.items.push(apiKeyItem(apiKeyOf({ hash, ...changes } as never)));
    expect((await publish(event, { 'x-api-key': secret })).statusCode).toBe(status);
    expect(writes()).toEqual([]);
  });

  it('refuses a body beyond 256 KiB', async () => {
    expect((await publish(`"${'x'.repeat(262_143)}"`)).statusCode).toBe(413);
    expect(writes()).toEqual([]);
  });

  it.each([
    ['GET', `/v1/ingest/${SOURCE}`, 405, 'POST'],
    ['DELETE', '/v1/events', 405, 'POST, GET'],
    ['POST', '/v1/nothing', 404, undefined],
  ])('answers %s %s with %i', async (method, path, status, allow) => {
    const answer = await call({ method, path });
    expect([answer.statusCode, answer.headers.allow]).toEqual([status, allow]);
  });

  it('logs one line for each call, with neither payload nor key in it', async () => {
    table.documents.on(PutCommand).rejects(conditionFailed(eventItem(eventOf({ body: Buffer.from('4111-1111') }))));
    await publish({ ...event, id: 'a' });
    table.documents
      .on(PutCommand)
      .rejects(Object.assign(conditionFailed(), { Item: { body: { S: '4111-1111' } }, name: 'X' }));
    await publish(event);
    expect(output.lines().filter((line) => line.message === 'http call')).toHaveLength(2);
    expect(output.text()).not.toContain('4111-1111');
    expect(output.text()).not.toContain(KEY);
    expect(output.text()).not.toContain(Buffer.from('4111-1111').toString('base64'));
  });

  it('keeps sources apart from what is no source', async () => {
    expect((await call({ path: `/v1/ingest/${idOf('src', 77)}`, headers: {} })).statusCode).toBe(404);
  });
});
