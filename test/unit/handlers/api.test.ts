import { readFileSync } from 'node:fs';
import { BatchGetCommand, GetCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deliveryId, eventId } from '../../../lambdas/domain/identifiers';
import { packDetail } from '../../../lambdas/store/deliveries/attempt-detail';
import type { Delivery } from '../../../lambdas/store/deliveries/delivery-items';
import { timeKey } from '../../../lambdas/store/table/addresses';
import { cancelled } from '../support/dynamo-errors';
import { apiKeyItem, destinationItem, fakeTable, KEY } from '../support/fake-table';
import { setEnvironment } from '../support/function-environment';
import { type Call, httpEvent, lambdaContext } from '../support/http-event';
import { deliveryItem, eventItem } from '../support/items';
import { captureOutput } from '../support/log-lines';
import { skipPauses } from '../support/pauses';
import {
  attemptOf,
  BASE,
  DESTINATION,
  deliveryOf,
  destinationOf,
  ENVIRONMENT,
  eventOf,
  idOf,
} from '../support/records';

interface Answer {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}
let handler: (event: APIGatewayProxyEventV2, context: Context) => Promise<unknown>;
const table = fakeTable();
let output: ReturnType<typeof captureOutput>;

/** A delivery as the timeline lists it. */
const listed = (delivery: Delivery, shard = 0) => {
  const tlSk = timeKey(delivery.createdAt, delivery.base, delivery.ordinal);
  return { ...deliveryItem(delivery), tlPk: `ENV#${delivery.environment}#DLV#${shard}`, tlSk };
};
const delivery = deliveryOf({ status: 'failed', made: 1, first: attemptOf({ statusCode: 500, errorMessage: 'x' }) });
const id = deliveryId(BASE, 1);

beforeAll(async () => {
  setEnvironment('api');
  ({ handler } = await import('../../../lambdas/functions/api/handler'));
});
beforeEach(() => {
  table.reset(apiKeyItem(), listed(delivery), destinationItem(destinationOf()), eventItem(eventOf()));
  table.documents.on(UpdateCommand).resolves({});
  table.documents.on(TransactWriteCommand).resolves({});
  output = captureOutput();
});
afterEach(() => output.restore());

async function call(path: string, changes: Partial<Call> = {}): Promise<Answer & { json: Record<string, unknown> }> {
  const event = httpEvent({ path, headers: { 'x-api-key': KEY }, ...changes });
  const answer = (await handler(event, lambdaContext())) as Answer;
  return { ...answer, json: JSON.parse(answer.body) };
}
const retry = (of = id) => call(`/api/deliveries/${of}/retry`, { method: 'POST' });

describe('the function api', () => {
  it('says that it is well without a key and without reading anything', async () => {
    const { statusCode, json } = await call('/health', { headers: {} });
    expect([statusCode, json]).toEqual([200, { status: 'ok' }]);
    expect(table.documents.calls()).toHaveLength(0);
  });

  it('serves the OpenAPI document that is checked in, without a key', async () => {
    const { statusCode, json } = await call('/openapi.json', { headers: {} });
    expect(statusCode).toBe(200);
    expect(json).toEqual(JSON.parse(readFileSync(new URL('../../../docs/openapi.json', import.meta.url), 'utf8')));
  });

  it.each(['/v1/events', `/v1/events/${eventId(BASE)}`, '/api/deliveries', `/api/deliveries/${id}`])(
    'refuses %s without a key',
    async (path) => {
      expect((await call(path, { headers: {} })).statusCode).toBe(401);
    },
  );

  it.each([
    ['GET', '/nothing', 404],
    ['GET', '/api/nothing', 404],
    ['PATCH', '/v1/sources', 405],
    ['DELETE', '/health', 405],
    ['HEAD', '/health', 405],
    ['HEAD', '/v1/events', 405],
    ['POST', '/v1/ingest', 404],
    ['GET', '/v1/destinations/x/pause', 405],
    ['GET', '/api/deliveries/bulk-replay', 405],
    ['POST', '/api/deliveries/dead-letter', 405],
    ['GET', '/v1/events/batch', 405],
  ])('answers %s %s, which no route serves, with %i in JSON', async (method, path, status) => {
    const { statusCode, headers, json } = await call(path, { method });
    expect(statusCode).toBe(status);
    expect(json.code).toBe(status === 404 ? 'RESOURCE_NOT_FOUND' : 'VALIDATION_ERROR');
    expect(headers.allow === undefined).toBe(status === 404);
  });
});

describe('the list of deliveries', () => {
  it('is read from the shards of the timeline, newest first, with a cursor where more follow', async () => {
    const later = deliveryOf({ ordinal: 2, createdAt: '2026-03-05T00:00:00.000Z' });
    table.items.push(listed(later, 1));
    const first = await call('/api/deliveries', { query: { pageSize: '1' } });
    const { pagination } = first.json as { pagination: { next_cursor: string; total: number } };
    expect((first.json.data as { id: string }[]).map((one) => one.id)).toEqual([deliveryId(BASE, 2)]);
    expect(pagination).toMatchObject({ total: 2, total_is_exact: true, page: 1, pageSize: 1 });
    const second = await call('/api/deliveries', { query: { pageSize: '1', cursor: pagination.next_cursor } });
    expect((second.json.data as { id: string }[]).map((one) => one.id)).toEqual([id]);
    expect((second.json.pagination as { next_cursor: unknown }).next_cursor).toBeNull();
  });

  it('reads again the keys that DynamoDB left unprocessed', async () => {
    table.documents
      .on(BatchGetCommand)
      .resolvesOnce({ UnprocessedKeys: { table: { Keys: [{ pk: `EVT#${BASE}`, sk: 'DLV#0001' }] } } })
      .resolves({ Responses: { table: [deliveryItem(delivery)] } });
    expect((await call('/api/deliveries')).json.data).toHaveLength(1);
  });

  it('finds the deliveries of an event, and filters them', async () => {
    const query = { eventId: eventId(BASE) };
    expect((await call('/api/deliveries', { query })).json.data).toHaveLength(1);
    expect((await call('/api/deliveries', { query: { ...query, status: 'delivered' } })).json.data).toEqual([]);
    expect((await call('/api/deliveries', { query: { eventId: 'evt_x' } })).json.data).toEqual([]);
  });

  it.each([
    ['pageSize', { pageSize: '101' }],
    ['pageSize', { pageSize: '0' }],
    ['page', { page: 'x' }],
    ['page', { page: '501', pageSize: '20' }],
    ['status', { status: 'success' }],
    ['from', { from: 'yesterday' }],
    ['to', { to: '2026-02-30' }],
    ['cursor', { cursor: 'x' }],
  ])('is refused for a wrong %s in %o', async (field, query) => {
    const { statusCode, json } = await call('/api/deliveries', { query });
    expect(statusCode).toBe(400);
    expect(json).toMatchObject({ error: 'Bad Request', code: 'VALIDATION_ERROR' });
    expect(json.message).toMatch(new RegExp(`^${field}`));
  });

  it('is empty, and no error, where the times end before they begin', async () => {
    const { statusCode, json } = await call('/api/deliveries', { query: { from: '2026-03-05', to: '2026-03-04' } });
    expect([statusCode, json.data]).toEqual([200, []]);
  });
});

describe('a delivery', () => {
  it('is shown with what was sent and received, and with its attempts when they are asked for', async () => {
    const detail = packDetail({
      ...{ requestUrl: 'https://receiver.example/hook', requestMethod: 'POST', requestBodyBytes: 8 },
      requestHeaders: { authorization: 'Bearer ***' },
      responseHeaders: { server: 'nginx' },
      responseBody: Buffer.from('no'),
    });
    table.reset(apiKeyItem(), deliveryItem({ ...delivery, first: attemptOf({ statusCode: 500, detail }) }));
    const { json } = await call(`/api/deliveries/${id}`, { query: { includeAttempts: 'true' } });
    expect(json).toMatchObject({
      id,
      status: 'failed',
      attemptCount: 1,
      requestHeaders: { authorization: 'Bearer ***' },
      responseBody: 'no',
      attempts: [{ attemptNumber: 1, statusCode: 500 }],
    });
  });

  it.each([
    ['of another environment', { environment: idOf('env', 2) }],
    ['of another organization', { organization: idOf('org', 2) }],
  ])('%s answers exactly like one that does not exist', async (_, owner) => {
    table.reset(apiKeyItem(), deliveryItem({ ...delivery, ...owner }));
    const foreign = await call(`/api/deliveries/${id}`);
    table.reset(apiKeyItem());
    const missing = await call(`/api/deliveries/${id}`);
    expect(foreign.statusCode).toBe(404);
    expect(foreign.json).toEqual(missing.json);
  });

  it.each(['x', 'dlv_1', eventId(BASE), `${id}0`, 'x'.repeat(3000)])('is not found under %s', async (wrong) => {
    expect((await call(`/api/deliveries/${wrong}`)).statusCode).toBe(404);
  });
});

describe('retrying a delivery', () => {
  it('puts it back to pending in one transaction with its dead letter', async () => {
    const { statusCode, json } = await retry();
    expect([statusCode, json]).toEqual([200, { message: expect.any(String), deliveryId: id, status: 'pending' }]);
    const items = table.documents.commandCalls(TransactWriteCommand)[0]?.args[0].input.TransactItems;
    expect(items?.[0]?.Update?.ExpressionAttributeValues).toMatchObject({ ':status': 'pending', ':cause': 'manual' });
    expect(items?.[1]?.Delete?.Key?.sk).toBe('DLV#0001#DLQ#0001');
  });

  it.each(['pending', 'sent', 'delivered'] as const)('is refused with 409 while it is %s', async (status) => {
    table.reset(apiKeyItem(), deliveryItem({ ...delivery, status }));
    const { statusCode, json } = await retry();
    expect([statusCode, json.code]).toEqual([409, 'INVALID_STATE']);
    expect(table.documents.commandCalls(TransactWriteCommand)).toHaveLength(0);
  });

  it('is refused with 409 when somebody else was faster', async () => {
    const item = deliveryItem({ ...delivery, status: 'pending', roundStart: 1 });
    table.documents.on(TransactWriteCommand).rejects(cancelled({ code: 'ConditionalCheckFailed', item }, 'None'));
    expect((await retry()).statusCode).toBe(409);
  });

  it('looks again when the delivery has moved on to another state that can be retried', async () => {
    const item = deliveryItem({ ...delivery, made: 2 });
    table.documents
      .on(TransactWriteCommand)
      .rejectsOnce(cancelled({ code: 'ConditionalCheckFailed', item }, 'None'))
      .resolves({});
    expect((await retry()).statusCode).toBe(200);
  });

  it('answers 500 without a word of its inside when the transaction is throttled', async () => {
    skipPauses();
    const item = deliveryItem({ ...delivery, first: attemptOf({ errorMessage: '4111-1111' }) });
    const error = cancelled({ code: 'ThrottlingError', item }, 'None');
    table.documents.on(TransactWriteCommand).rejects(error);
    const { statusCode, json } = await retry();
    expect([statusCode, json.message]).toEqual([500, 'Something went wrong on our side']);
    expect(output.text()).toContain('TransactionCanceledException');
    expect(output.text()).not.toContain('4111-1111');
    expect(output.text()).not.toContain(KEY);
  });
});

describe('an event', () => {
  it('is shown with its payload and the status that follows from its deliveries', async () => {
    const { json } = await call(`/v1/events/${eventId(BASE)}`);
    expect(json.event).toMatchObject({ id: eventId(BASE), status: 'failed', payload: '{"id":1}', env_id: ENVIRONMENT });
  });

  it('of another tenant is not found', async () => {
    table.reset(apiKeyItem(), eventItem(eventOf({ environment: idOf('env', 2) })));
    expect((await call(`/v1/events/${eventId(BASE)}`)).statusCode).toBe(404);
  });

  it('is read consistently only when the cheaper read does not find it', async () => {
    await call(`/v1/events/${eventId(BASE)}`);
    const reads = table.documents.commandCalls(GetCommand).map((one) => one.args[0].input);
    expect(reads.filter((one) => one.Key?.sk === 'EVT').map((one) => one.ConsistentRead)).toEqual([false]);
    expect(reads.some((one) => one.Key?.sk === `DST#${DESTINATION}`)).toBe(false);
  });
});
