import { beforeAll, describe, test } from 'vitest';
import { connectionBody, destinationBody, sourceBody } from './support/factories';
import { naming, refusedWithoutTrace } from './support/refusal';
import type { Tenant } from './support/tenant';
import { useOwnWorld } from './support/world';

const world = useOwnWorld();

let tenant: Tenant;
let destinationId: string;

beforeAll(async () => {
  tenant = await world().tenant();
  destinationId = (await tenant.createDestination('http://127.0.0.1:9/')).id;
});

/** A body that is refused with 400 naming a field. */
const expectNamed = (path: string, json: object, field: string) =>
  refusedWithoutTrace(
    world(),
    tenant.api,
    { method: 'POST', path, call: { json } },
    { status: 400, body: naming(path, field) },
  );

describe('POST /v1/sources', () => {
  test.each([
    ['name', sourceBody({ name: undefined })],
    ['name', sourceBody({ name: '   ' })],
    ['name', sourceBody({ name: 7 })],
    ['slug', sourceBody({ slug: 'Not A Slug' })],
    ['template', sourceBody({ template: 't'.repeat(101) })],
    ['org_id', sourceBody({ org_id: 'org_0190f3a2b4c57abc8def012345678901' })],
    ['env_id', sourceBody({ env_id: 'somewhere' })],
  ])('names the field %s', async (field, json) => {
    await expectNamed('/v1/sources', json, field);
  });
});

describe('POST /v1/destinations', () => {
  const body = (overrides: object) => destinationBody('http://127.0.0.1:9/', overrides);

  test.each([
    ['name', body({ name: undefined })],
    ['url', body({ url: undefined })],
    ['url', body({ url: 'not a url' })],
    ['url', body({ url: 'ftp://example.com/' })],
    ['url', body({ url: 'https://user:secret@example.com/' })],
    ['url', body({ url: 'http://10.0.0.1/' })],
    ['url', body({ url: 'http://169.254.169.254/latest/meta-data/' })],
    ['url', body({ url: 'http://[::ffff:10.0.0.1]/' })],
    ['url', body({ url: 'http://[fd00::1]/' })],
    ['url', body({ url: 'http://0x0a000001/' })],
    ['type', body({ type: 'smtp' })],
    ['method', body({ method: 'GET' })],
    ['timeout_ms', body({ timeout_ms: 999 })],
    ['timeout_ms', body({ timeout_ms: 30_001 })],
    ['timeout_ms', body({ timeout_ms: '5000' })],
    ['headers', body({ headers: ['x'] })],
    ['headers.host', body({ headers: { host: 'example.com' } })],
    ['headers.webhook-id', body({ headers: { 'webhook-id': 'mine' } })],
    ['headers.x-a', body({ headers: { 'x-a': 'a\r\nb: c' } })],
    ['retry_policy.max_attempts', body({ retry_policy: { max_attempts: 0 } })],
    ['retry_policy.max_attempts', body({ retry_policy: { max_attempts: 51 } })],
    ['retry_policy.schedule', body({ retry_policy: { schedule: [] } })],
    ['retry_policy.schedule[1]', body({ retry_policy: { schedule: [1, -1] } })],
    ['retry_policy.schedule[0]', body({ retry_policy: { schedule: [1e-131] } })],
    ['headers.__proto__', body({ headers: { ['__proto__']: 'x' } })],
    ['auth_type', body({ auth_type: 'oauth' })],
    ['auth_config.token', body({ auth_type: 'bearer_token' })],
    ['auth_config.password', body({ auth_type: 'basic', auth_config: { username: 'u' } })],
    ['status', body({ status: 'sleeping' })],
  ])('names the field %s', async (field, json) => {
    await expectNamed('/v1/destinations', json, field);
  });
});

describe('POST /v1/connections', () => {
  const body = (overrides: object) => connectionBody(destinationId, overrides);
  const rule = (overrides: object) =>
    body({ filter_rules: [{ field: 'body.a', operator: 'eq', value: 1, ...overrides }] });

  const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);

  // The bodies name a destination that exists only while tests run.
  test.each([
    ['name', () => body({ name: '' })],
    ['destination_id', () => body({ destination_id: undefined })],
    ['destination_id', () => body({ destination_id: 'dst_0190f3a2b4c57abc8def012345678901' })],
    ['source_id', () => body({ source_id: 'src_0190f3a2b4c57abc8def012345678901' })],
    ['destination_id', () => body({ destination_id: 'd'.repeat(2000) })],
    ['enabled', () => body({ enabled: 'yes' })],
    ['filter_rules', () => body({ filter_rules: {} })],
    ['filter_rules[0].field', () => rule({ field: 'payload.a' })],
    ['filter_rules[0].operator', () => rule({ operator: 'matches' })],
    ['filter_rules[0].value', () => rule({ operator: 'in', value: 'a' })],
    ['filter_rules[0].value', () => rule({ value: undefined })],
    ['filter_rules[0].value', () => rule({ value: nested(40) })],
    ['filter_rules[0].value', () => rule({ value: { a: 1e300 } })],
    ['filter_rules[0].value', () => rule({ value: -(2 ** 60) })],
  ])('names the field %s', async (field, json) => {
    await expectNamed('/v1/connections', json(), field);
  });
});
