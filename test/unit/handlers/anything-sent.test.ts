import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { deliveryId, eventId } from '../../../lambdas/domain/identifiers';
import { ROUTES } from '../../../lambdas/http/routes';
import { hashSecret } from '../../../lambdas/store/access/api-keys';
import { connectionKey, sourceAddressKey, sourceKey } from '../../../lambdas/store/table/addresses';
import { nastyMap } from '../../corpus/names';
import { type Documented, OPERATIONS } from '../../integration/support/documented';
import { type Nonsense, nonsense } from '../../integration/support/nonsense';
import { apiKeyItem, apiKeyOf, destinationItem } from '../support/fake-table';
import { setEnvironment } from '../support/function-environment';
import { httpEvent, lambdaContext } from '../support/http-event';
import { deliveryItem, eventItem } from '../support/items';
import { captureOutput } from '../support/log-lines';
import {
  attemptOf,
  BASE,
  CONNECTION,
  connectionOf,
  DESTINATION,
  deliveryOf,
  destinationOf,
  ENVIRONMENT,
  eventOf,
  idOf,
  ORGANIZATION,
  SOURCE,
  sourceOf,
} from '../support/records';
import { wireTable } from '../support/wire-table';

type Handler = (event: APIGatewayProxyEventV2, context: Context) => Promise<unknown>;

// A key of its own: the handlers remember what they have read of one, also in other files.
const KEY = 'phk_anything';
const items = [
  apiKeyItem(apiKeyOf({ id: idOf('key', 77), hash: hashSecret(KEY) })),
  { pk: `ORG#${ORGANIZATION}`, sk: 'ENV#test', id: ENVIRONMENT },
  { ...sourceKey(ENVIRONMENT, SOURCE), ...sourceOf() },
  { ...sourceAddressKey(SOURCE), environment: ENVIRONMENT },
  destinationItem(destinationOf()),
  { ...connectionKey(ENVIRONMENT, CONNECTION), ...connectionOf() },
  eventItem(eventOf()),
  deliveryItem(deliveryOf({ status: 'failed', made: 1, first: attemptOf({ statusCode: 500, errorMessage: 'x' }) })),
];
const wire = wireTable();

/** Identifiers that exist, by the path that they are found under. */
const EXISTING: Readonly<Record<string, string>> = {
  '/v1/sources': SOURCE,
  '/v1/ingest': SOURCE,
  '/v1/destinations': DESTINATION,
  '/v1/connections': CONNECTION,
  '/v1/events': eventId(BASE),
  '/api/deliveries': deliveryId(BASE, 1),
  '/api/organizations': ORGANIZATION,
};

const handlers: Record<string, Handler> = {};
let spy: MockInstance;
let output: ReturnType<typeof captureOutput>;

beforeAll(async () => {
  setEnvironment('anything-sent');
  handlers.ingest = (await import('../../../lambdas/functions/ingest/handler')).handler as Handler;
  handlers.api = (await import('../../../lambdas/functions/api/handler')).handler as Handler;
  handlers.manage = (await import('../../../lambdas/functions/manage/handler')).handler as Handler;
});
beforeEach(async () => {
  await wire.reset(...items);
  // Whatever table the handlers have opened, they use this one.
  const { send } = Object.getPrototypeOf(DynamoDBDocumentClient.prototype);
  spy = vi.spyOn(DynamoDBDocumentClient.prototype, 'send');
  spy.mockImplementation((...parts) => Reflect.apply(send, wire.table.documents, parts));
  output = captureOutput();
});
afterEach(() => {
  output.restore();
  spy.mockRestore();
});

/** A call of an operation; what other calls need is not deleted. */
function callOf({ method, path }: Documented, call: Nonsense, headers: Record<string, string>) {
  const prefix = Object.keys(EXISTING).find((one) => path.startsWith(one)) ?? '';
  const segment = call.segment ?? ((method !== 'DELETE' && EXISTING[prefix]) || 'none');
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => [name, segment] as const);
  const query = Object.entries(call.query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return httpEvent({
    ...{ method, path: path.replaceAll(/\{\w+\}/g, segment), route: `${method} ${path}` },
    ...{ params: Object.fromEntries(names), query: Object.fromEntries(query) },
    headers: { ...headers, 'x-api-key': KEY },
    body: call.body,
  });
}

const lowerCase = (headers: Record<string, string>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
const value = fc.oneof(fc.constantFrom('', 'x', ',', '\u0000', 'ÿ', 'a'.repeat(300)), fc.string());
const known = fc.record(
  { 'idempotency-key': value, 'content-type': value, cookie: value, authorization: value, 'content-length': value },
  { requiredKeys: [] },
);

describe('no header, number, date or name is a failure of ours', () => {
  it.each(OPERATIONS.map((operation) => [operation.operationId, operation] as const))(
    'for %s',
    async (_, operation) => {
      const route = ROUTES.find(({ method, path }) => method === operation.method && path === operation.path);
      const handler = handlers[route?.function ?? ''];
      const headers = fc.tuple(nastyMap(value).map(lowerCase), known).map(([nasty, usual]) => ({ ...nasty, ...usual }));
      const holds = async (call: Nonsense, sent: Record<string, string>) => {
        const answer = (await handler?.(callOf(operation, call, sent), lambdaContext())) as { statusCode: number };
        if (answer.statusCode >= 500) throw new Error(output.text().slice(-3000));
        if (call.malformed) expect(answer.statusCode).toBeGreaterThanOrEqual(400);
      };
      await fc.assert(fc.asyncProperty(nonsense(operation), headers, holds), { numRuns: 40 });
    },
  );
});
