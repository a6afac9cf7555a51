import { deepStrictEqual } from 'node:assert';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  connectionBody,
  connectionMembers,
  parseConnection,
  writeConnection,
} from '../../../lambdas/configuration/connection';
import { readNew } from '../../../lambdas/configuration/derived';
import {
  destinationBody,
  destinationMembers,
  parseDestination,
  writeDestination,
} from '../../../lambdas/configuration/destination';
import { slugOf } from '../../../lambdas/configuration/names';
import { sourceBody } from '../../../lambdas/configuration/source';
import { FILTER_OPERATORS } from '../../../lambdas/domain/filter-rules';
import { HEADER_NAME, isReservedHeader } from '../../../lambdas/domain/header-rules';
import { urlProblem } from '../../../lambdas/domain/target-url';
import { nastyMap, nastyValue, storable } from '../../corpus/names';
import { connectionOf, destinationOf } from '../support/records';
import { storedAndRead } from '../support/wire-table';

const strict = { allowPlainHttp: false, allowLoopback: false };
const local = { allowPlainHttp: true, allowLoopback: true };
const destination = { name: 'Orders', url: 'https://receiver.example/hook' };
const connection = { name: 'c', destination_id: 'dst_1' };

/** The field that a body is refused for, or undefined. */
const blamed = (
  schema: { safeParse(value: unknown): { error?: { issues: { path: PropertyKey[] }[] } } },
  body: unknown,
) => schema.safeParse(body).error?.issues[0]?.path.join('.');

describe('the URL of a destination', () => {
  it.each([
    'http://receiver.example/',
    'ftp://receiver.example/',
    'receiver.example',
    '/hook',
    'https://user:pw@receiver.example/',
    'https://receiver.example/#part',
    'https://127.0.0.1/',
    'https://127.1/',
    'https://0x7f.1/',
    'https://2130706433/',
    'https://[::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://10.1.2.3:8443/',
    'https://169.254.169.254/latest/meta-data',
    'https://localhost/',
    'https://LOCALHOST./',
    'https://api.localhost/',
    'javascript:alert(1)',
  ])('may not be %s', (url) => {
    expect(urlProblem(url, strict)).toBeTypeOf('string');
  });

  it.each([
    'https://receiver.example/hook?a=b',
    'https://8.8.8.8/',
    'https://[2606:4700::1111]:8443/x',
    'https://localhost.example/',
  ])('may be %s', (url) => {
    expect(urlProblem(url, strict)).toBeUndefined();
  });

  it('may be a local one where the stack allows it, but never a private one', () => {
    expect(urlProblem('http://localhost:3000/', local)).toBeUndefined();
    expect(urlProblem('http://127.0.0.1:3000/', local)).toBeUndefined();
    expect(urlProblem('http://192.168.0.1/', local)).toBeTypeOf('string');
  });
});

describe('the body of a destination', () => {
  const schema = destinationBody((url) => urlProblem(url, strict));

  it('has defaults for everything but name and URL', () => {
    expect(schema.parse(destination)).toMatchObject({
      type: 'http',
      method: 'POST',
      headers: {},
      auth_type: 'none',
      timeout_ms: 15_000,
      status: 'active',
    });
  });

  it.each([
    ['name', { name: ' ' }],
    ['headers', { headers: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`x-${n}`, 'y'])) }],
    ['headers', { headers: { 'x-a': 'y'.repeat(4096), 'x-b': 'y'.repeat(4096) } }],
    ['headers', { headers: { 'x-a': '1', 'X-A': '2' } }],
    ['url', { url: 'http://receiver.example' }],
    ['url', { url: `https://receiver.example/${'x'.repeat(2048)}` }],
    ['method', { method: 'GET' }],
    ['timeout_ms', { timeout_ms: 999 }],
    ['timeout_ms', { timeout_ms: 30_001 }],
    ['status', { status: 'gone' }],
    ['slug', { slug: 'Not A Slug' }],
    ['auth_type', { auth_type: 'digest' }],
    ['auth_config.password', { auth_type: 'basic', auth_config: { username: 'a' } }],
    ['auth_config.token', { auth_type: 'bearer_token' }],
    ['auth_config.token', { auth_type: 'bearer_token', auth_config: { token: 'a\r\nx-evil: 1' } }],
    ['auth_config.key', { auth_type: 'api_key', auth_config: { header: 'x-key' } }],
    ['retry_policy.max_attempts', { retry_policy: { max_attempts: 0 } }],
    ['retry_policy.schedule.0', { retry_policy: { schedule: [-1] } }],
    ['retry_policy.schedule.1', { retry_policy: { schedule: [0, 1e-131] } }],
    ['retry_policy.schedule.0', { retry_policy: { schedule: [0.0009] } }],
    ['retry_policy.schedule.0', { retry_policy: { schedule: [86_401] } }],
    ['retry_policy.schedule', { retry_policy: { schedule: [] } }],
    ['retry_policy', { retry_policy: { schedule: [1], exponential: { initial_seconds: 1 } } }],
    ['rate_limit', { rate_limit: 0 }],
    ['rate_limit', { rate_limit: 1001 }],
    ['rate_limit', { rate_limit: '5' }],
    ['mirror_urls', { mirror_urls: 'https://other.example' }],
    ['mirror_urls.0', { mirror_urls: ['https://10.0.0.1/'] }],
    ['mirror_urls.1', { mirror_urls: ['https://other.example', 'http://third.example'] }],
    ['mirror_urls', { mirror_urls: ['https://other.example', 'https://OTHER.example/'] }],
    ['mirror_urls', { mirror_urls: [destination.url] }],
    ['mirror_urls', { mirror_urls: Array.from({ length: 6 }, (_, n) => `https://${n}.example/`) }],
  ])('is refused by the name of its field: %s in %j', (field, changes) => {
    expect(blamed(schema, { ...destination, ...changes })).toBe(field);
  });

  it('takes no number that the table cannot hold', () => {
    const number = fc.oneof(fc.double(), fc.constantFrom(0, -0, 5e-324, 1e-131, 1e-130, 0.001, 1, 1 + Number.EPSILON));
    const retryPolicy = fc.oneof(
      fc.record({ max_attempts: number, schedule: fc.array(number) }, { requiredKeys: ['schedule'] }),
      fc.record({ exponential: fc.record({ initial_seconds: number, factor: number, max_seconds: number }) }),
    );
    const body = fc.record({ retry_policy: retryPolicy, rate_limit: number, timeout_ms: number }, { requiredKeys: [] });
    fc.assert(
      fc.property(body, (given) => {
        const parsed = schema.safeParse({ ...destination, ...given });
        if (!parsed.success) return;
        JSON.stringify(readNew(destinationMembers, parsed.data), (_, value) => {
          const magnitude = Math.abs(value);
          if (typeof value === 'number')
            expect(magnitude === 0 || (magnitude >= 0.001 && magnitude <= 86_400)).toBe(true);
          return value;
        });
      }),
    );
  });

  it.each(['host', 'Content-Length', 'webhook-signature', 'Idempotency-Key', 'proxy-authorization', 'user-agent'])(
    'may set the header %s neither as its own nor for its credentials',
    (header) => {
      expect(blamed(schema, { ...destination, headers: { [header]: 'x' } })).toBe(`headers.${header}`);
      const auth = { auth_type: 'api_key', auth_config: { header, key: 'x' } };
      expect(blamed(schema, { ...destination, ...auth })).toBe('auth_config.header');
    },
  );

  it.each([['x y'], ['x:y'], [''], ['ä']])('has no header name %j', (header) => {
    expect(blamed(schema, { ...destination, headers: { [header]: 'x' } })).toContain('headers');
  });

  it.each(['__proto__', '__PROTO__'])('has no header %s, which would be lost', (header) => {
    const headers = JSON.parse(`{"x-other": "y", "${header}": "x"}`);
    expect(blamed(schema, { ...destination, headers })).toBe(`headers.${header}`);
    const auth = { auth_type: 'api_key', auth_config: { header, key: 'x' } };
    expect(blamed(schema, { ...destination, ...auth })).toBe('auth_config.header');
  });

  it('keeps headers of any other name, and shows them', async () => {
    const isHeader = (name: string) => HEADER_NAME.test(name) && !/^__proto__$/i.test(name) && !isReservedHeader(name);
    const holds = async (given: Record<string, string>) => {
      const headers = Object.fromEntries(Object.entries(given).filter(([name]) => isHeader(name)));
      fc.pre(new Set(Object.keys(headers).map((name) => name.toLowerCase())).size === Object.keys(headers).length);
      const kept = readNew(destinationMembers, schema.parse({ ...destination, headers }));
      const stored = await storedAndRead({ ...destinationOf(), ...kept });
      const expected = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
      const read = parseDestination(stored);
      deepStrictEqual(Object.entries(read.headers).sort(), expected.sort());
      deepStrictEqual(Object.keys(writeDestination(read).headers).sort(), expected.map(([name]) => name).sort());
    };
    await fc.assert(fc.asyncProperty(nastyMap(fc.constantFrom('', 'x')), holds));
  });

  it.each(['a\nb', 'a\r\nb', 'ä', '\u0000'])('has no header value %j', (value) => {
    expect(blamed(schema, { ...destination, headers: { 'x-own': value } })).toBe('headers.x-own');
  });
});

describe('the body of a connection', () => {
  const rule = (changes: object) => ({
    ...connection,
    filter_rules: [{ field: 'body.a', operator: 'eq', ...changes }],
  });

  it('takes every operator', () => {
    for (const operator of FILTER_OPERATORS) {
      const value = operator === 'in' || operator === 'nin' ? ['x'] : 'x';
      expect(blamed(connectionBody(), rule({ operator, value }))).toBeUndefined();
    }
  });

  it.each([
    ['field', { field: 'query.a', value: 1 }],
    ['field', { field: '', value: 1 }],
    ['operator', { operator: 'like', value: 1 }],
    ['value', {}],
    ['value', { operator: 'in', value: 'x' }],
    ['value', { value: Number.MAX_SAFE_INTEGER + 1 }],
    ['value', { value: { deep: [1e300] } }],
    ['value', { value: 1e-200 }],
    ['value', { value: JSON.parse('{"a": [{"__proto__": 1}]}') }],
    ['value', { value: { '': 1 } }],
    ['value', { value: JSON.parse(`${'['.repeat(40)}${']'.repeat(40)}`) }],
  ])('is refused for the %s of the rule %j', (field, changes) => {
    expect(blamed(connectionBody(), rule(changes))).toBe(`filter_rules.0.${field}`);
  });

  it('is refused for a name in its value that is longer than 64 KB', () => {
    expect(blamed(connectionBody(), rule({ value: [{ ['n'.repeat(65_536)]: 1 }] }))).toBe('filter_rules.0.value');
  });

  it('is refused where its rules are larger than 64 KB together, or too deep to be measured', () => {
    const rules = (...values: unknown[]) => ({
      ...connection,
      filter_rules: values.map((value) => ({ field: 'type', operator: 'eq', value })),
    });
    expect(blamed(connectionBody(), rules('x'.repeat(30_000), 'y'.repeat(30_000)))).toBeUndefined();
    expect(blamed(connectionBody(), rules('x'.repeat(33_000), 'y'.repeat(33_000)))).toBe('filter_rules');
    const deep = JSON.parse(`${'['.repeat(1e5)}${']'.repeat(1e5)}`);
    expect(blamed(connectionBody(), rules(deep))).toBe('filter_rules.0.value');
  });

  it('keeps a value with any other names in it', async () => {
    const holds = async (value: unknown) => {
      const { filterRules } = readNew(connectionMembers, connectionBody().parse(rule({ value })));
      const read = parseConnection(await storedAndRead({ ...connectionOf(), filterRules }));
      deepStrictEqual(read.filterRules[0]?.value, value);
      deepStrictEqual(JSON.parse(writeConnection(read, {}).filter_rules ?? '')[0].value, value);
    };
    await fc.assert(fc.asyncProperty(nastyValue().map(storable), holds));
  });

  it('takes a rule that only asks whether something exists', () => {
    expect(blamed(connectionBody(), rule({ operator: 'exists' }))).toBeUndefined();
  });

  it('takes a schema that is an object or a boolean, and null for none', () => {
    for (const schema of [{ type: 'object' }, true, false, null])
      expect(blamed(connectionBody(), { ...connection, schema })).toBeUndefined();
    for (const schema of ['{}', 7, [{}]]) expect(blamed(connectionBody(), { ...connection, schema })).toBe('schema');
  });
});

describe('the slug of a name', () => {
  it.each([
    ['GitHub (main)', 'github-main'],
    ['  Ünïcode  Näme ', 'unicode-name'],
    ['注文', 'source'],
    ['---', 'source'],
    [`${'a'.repeat(99)} b`, 'a'.repeat(99)],
  ])('%j becomes %s', (name, expected) => {
    expect(slugOf(name, 'source')).toBe(expected);
    expect(sourceBody().safeParse({ name: 'x', slug: slugOf(name, 'source') }).success).toBe(true);
  });
});
