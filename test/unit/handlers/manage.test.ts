import { PutCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ApiKey, hashSecret } from '../../../lambdas/store/access/api-keys';
import { conditionFailed } from '../support/dynamo-errors';
import { apiKeyItem, apiKeyOf, destinationItem, fakeTable, KEY } from '../support/fake-table';
import { setEnvironment } from '../support/function-environment';
import { type Call, httpEvent, lambdaContext } from '../support/http-event';
import { captureOutput } from '../support/log-lines';
import { DESTINATION, destinationOf, ENVIRONMENT, idOf, ORGANIZATION, SECRET } from '../support/records';

interface Answer {
  readonly statusCode: number;
  readonly body: string;
}
let handler: (event: APIGatewayProxyEventV2, context: Context) => Promise<unknown>;
const table = fakeTable();
let output: ReturnType<typeof captureOutput>;
const auth = { type: 'bearer_token', token: 'hunter2' } as const;

beforeAll(async () => {
  setEnvironment('manage');
  ({ handler } = await import('../../../lambdas/functions/manage/handler'));
});
beforeEach(() => {
  table.reset(apiKeyItem(), destinationItem(destinationOf({ auth, headers: { 'x-shop-token': 'hunter2' } })));
  for (const command of [PutCommand, UpdateCommand, TransactWriteCommand])
    table.documents.on(command as never).resolves({});
  output = captureOutput();
});
afterEach(() => output.restore());

async function call(method: string, path: string, changes: Partial<Call> = {}) {
  const event = httpEvent({ method, path, headers: { 'x-api-key': KEY }, ...changes });
  const { statusCode, body } = (await handler(event, lambdaContext())) as Answer;
  return { statusCode, json: JSON.parse(body) };
}
const written = () => table.documents.commandCalls(PutCommand).map((one) => one.args[0].input);
const url = 'https://receiver.example/hook';

describe('destinations', () => {
  const body = { name: 'Orders', url, auth_type: 'bearer_token', auth_config: { token: 'hunter2' } };

  it('are created with a signing secret that is shown this once, and without showing credentials', async () => {
    const { statusCode, json } = await call('POST', '/v1/destinations', { body });
    expect(statusCode).toBe(201);
    expect(json.destination.signing_secret).toMatch(/^whsec_/);
    expect(JSON.stringify(json)).not.toContain('hunter2');
    expect(written()[0]?.Item).toMatchObject({ auth, signingSecrets: [json.destination.signing_secret] });
    expect(written()[0]?.ConditionExpression).toBe('attribute_not_exists(pk)');
  });

  it.each(['/v1/destinations', `/v1/destinations/${DESTINATION}`])('are read without any secret: %s', async (path) => {
    const { statusCode, json } = await call('GET', path);
    expect(statusCode).toBe(200);
    for (const secret of ['hunter2', SECRET, 'signing_secret', 'auth_config']) {
      expect(JSON.stringify(json)).not.toContain(secret);
    }
    expect(JSON.stringify(json)).toContain('"x-shop-token":"***"');
  });

  it.each([
    [{ ...body, url: 'https://10.0.0.1/' }, /^url: /],
    [{ ...body, timeout_ms: 1 }, /^timeout_ms: /],
    [{ ...body, env_id: idOf('env', 9) }, /^env_id: /],
    [{ ...body, org_id: 'other' }, /^org_id: /],
    ['{', /^body: /],
  ])('are refused for %j, and nothing is written', async (wrong, expected) => {
    const { statusCode, json } = await call('POST', '/v1/destinations', { body: wrong });
    expect([statusCode, json.code]).toEqual([400, 'VALIDATION_ERROR']);
    expect(json.error).toMatch(expected);
    expect(written()).toEqual([]);
  });

  it.each(['default', ENVIRONMENT, 'test'])('take env_id %s for the key’s own', async (env_id) => {
    expect((await call('POST', '/v1/destinations', { body: { ...body, env_id } })).statusCode).toBe(201);
  });

  it('keep the retry policy that was asked for', async () => {
    const policies = [
      { max_attempts: 2, schedule: [1] },
      { max_attempts: 3, exponential: { initial_seconds: 1, factor: 3, max_seconds: 9 } },
    ];
    for (const retry_policy of policies) {
      const { json } = await call('POST', '/v1/destinations', { body: { ...body, retry_policy } });
      expect(json.destination.retry_policy).toEqual(retry_policy);
    }
  });

  it('are paused and resumed; resuming lets the sweep find what was parked', async () => {
    const changed = () => table.documents.commandCalls(UpdateCommand).at(-1)?.args[0].input;
    expect((await call('POST', `/v1/destinations/${DESTINATION}/pause`)).statusCode).toBe(200);
    expect(changed()?.ExpressionAttributeValues).toMatchObject({ ':status': 'paused', ':pausedBecause': 'operator' });
    expect(changed()?.UpdateExpression).toContain('REMOVE #drainingSince, #failures, #circuit');
    await call('POST', `/v1/destinations/${DESTINATION}/resume`);
    expect(changed()?.ExpressionAttributeValues).toMatchObject({
      ':status': 'active',
      ':drainingSince': expect.any(Number),
    });
    expect(changed()?.UpdateExpression).toContain('REMOVE #pausedBecause');
  });

  it('that do not exist are not made by pausing them', async () => {
    table.documents.on(UpdateCommand).rejects(conditionFailed());
    expect((await call('POST', `/v1/destinations/${idOf('dst', 9)}/pause`)).statusCode).toBe(404);
    expect((await call('GET', `/v1/destinations/${idOf('dst', 9)}`)).statusCode).toBe(404);
    expect((await call('GET', `/v1/destinations/${'x'.repeat(3000)}`)).statusCode).toBe(404);
    expect((await call('POST', `/v1/destinations/${'x'.repeat(3000)}/pause`)).statusCode).toBe(404);
  });
});

describe('sources and connections', () => {
  it('are created in the environment of the key', async () => {
    expect((await call('POST', '/v1/sources', { body: { name: 'GitHub' } })).statusCode).toBe(201);
    const items = table.documents.commandCalls(TransactWriteCommand)[0]?.args[0].input.TransactItems;
    expect(items?.[0]?.Put?.Item).toMatchObject({
      environment: ENVIRONMENT,
      organization: ORGANIZATION,
      slug: 'github',
    });
    const body = {
      name: 'c',
      destination_id: DESTINATION,
      filter_rules: [{ field: 'type', operator: 'eq', value: 'x' }],
    };
    const { statusCode, json } = await call('POST', '/v1/connections', { body });
    expect(statusCode).toBe(201);
    expect(JSON.parse(json.connection.filter_rules)).toEqual(body.filter_rules);
    expect(json.connection.destination_name).toBe('Orders');
  });

  it.each([
    [{ destination_id: idOf('dst', 9) }, /^destination_id: /],
    [{ destination_id: 'x'.repeat(3000) }, /^destination_id: /],
    [{ destination_id: DESTINATION, source_id: idOf('src', 9) }, /^source_id: /],
  ])('are refused where they name what is not there: %o', async (body, expected) => {
    const { statusCode, json } = await call('POST', '/v1/connections', { body: { name: 'c', ...body } });
    expect(statusCode).toBe(400);
    expect(json.error).toMatch(expected);
    expect(written()).toEqual([]);
  });
});

/** Another key than that of {@link KEY}: the handler remembers what it has read of one. */
function presenting(secret: string, changes: Partial<ApiKey>) {
  table.items.push(apiKeyItem(apiKeyOf({ ...changes, hash: hashSecret(secret) })));
  return { 'x-api-key': secret };
}
const ofOrganization = { environment: undefined, environmentName: undefined };
const environmentItem = { pk: `ORG#${ORGANIZATION}`, sk: 'ENV#test', id: ENVIRONMENT };

describe('keys', () => {
  it('of the whole organization read its environments and change nothing', async () => {
    table.reset(environmentItem, destinationItem(destinationOf()));
    const headers = presenting('phk_master', ofOrganization);
    expect((await call('GET', '/v1/destinations', { headers })).json.destinations).toHaveLength(1);
    expect((await call('POST', '/v1/sources', { headers, body: { name: 'x' } })).statusCode).toBe(403);
    expect((await call('POST', `/v1/destinations/${DESTINATION}/pause`, { headers })).statusCode).toBe(403);
  });

  describe('of the whole organization make keys', () => {
    const make = (body: object) => {
      table.items.push(environmentItem, { ...environmentItem, sk: 'ENV#other', id: idOf('env', 2) });
      const headers = presenting('phk_maker', ofOrganization);
      return call('POST', '/v1/api-keys', { headers, body: { name: 'ci', ...body } });
    };

    it.each([
      [{ env_id: ENVIRONMENT }, ENVIRONMENT, 'test'],
      [{ environment: 'other' }, idOf('env', 2), 'other'],
      [{ env_id: ENVIRONMENT, environment: 'test' }, ENVIRONMENT, 'test'],
      [{}, null, null],
      [{ environment: null, org_id: 'default', env_id: 'default' }, null, null],
      [{ env_id: 'default', environment: 'other' }, idOf('env', 2), 'other'],
    ])('for the environment that %o names', async (body, env_id, environment) => {
      const { statusCode, json } = await make(body);
      expect([statusCode, json.api_key]).toMatchObject([201, { env_id, environment }]);
    });

    it.each([
      [{ env_id: idOf('env', 3) }, /^env_id: /],
      [{ env_id: '' }, /^env_id: /],
      [{ env_id: idOf('env', 2), environment: 'test' }, /^env_id: /],
      [{ environment: 'constructor' }, /^environment: /],
    ])('for no environment where %o names none', async (body, expected) => {
      const { statusCode, json } = await make(body);
      expect(statusCode).toBe(400);
      expect(json.error).toMatch(expected);
      expect(table.documents.commandCalls(TransactWriteCommand)).toEqual([]);
    });
  });

  describe('with limits of their own make keys', () => {
    const make = (rate_limit?: object | null) => {
      const headers = presenting('phk_limited', { rateLimit: { perSecond: 10, burst: 20 } });
      return call('POST', '/v1/api-keys', { headers, body: { name: 'ci', rate_limit } });
    };

    it.each([
      [undefined, { per_second: 10, burst: 20 }],
      [null, { per_second: 10, burst: 20 }],
      [
        { per_second: 10, burst: 1 },
        { per_second: 10, burst: 1 },
      ],
    ])('with no more: for %j, %j', async (asked, rate_limit) => {
      expect(await make(asked)).toMatchObject({ statusCode: 201, json: { api_key: { rate_limit } } });
    });

    it.each([[{ per_second: 11, burst: 20 }], [{ per_second: 10, burst: 21 }]])(
      'with more only to be refused: %j',
      async (asked) => {
        const { statusCode, json } = await make(asked);
        expect([statusCode, json.code]).toEqual([403, 'FORBIDDEN']);
        expect(json.error).toMatch(/^rate_limit: /);
      },
    );
  });

  it('and other secrets are in no log line, whatever happens', async () => {
    const body = { name: 'Orders', url, auth_type: 'bearer_token', auth_config: { token: 'hunter2' } };
    await call('POST', '/v1/destinations', { body });
    const item = destinationItem(destinationOf({ auth }));
    table.documents.on(PutCommand).rejects(conditionFailed(item));
    expect((await call('POST', '/v1/destinations', { body })).statusCode).toBe(500);
    expect(output.lines().some((line) => line.message === 'call failed')).toBe(true);
    for (const secret of ['hunter2', SECRET, 'whsec_', KEY]) expect(output.text()).not.toContain(secret);
  });
});
