import { describe, expect, test } from 'vitest';
import { useWorld } from './support/world';

const world = useWorld();
const NOWHERE = 'http://127.0.0.1:9/';

describe('the management surface', () => {
  test('answers bad input with the member that is wrong', async () => {
    const tenant = await world().tenant();
    const source = await tenant.createSource();
    const { destinationId, connectionId } = await tenant.routeTo(NOWHERE);
    const cases: readonly (readonly [string, string, unknown, string])[] = [
      ['PATCH', `/v1/sources/${source}`, { name: '' }, 'name'],
      ['PATCH', `/v1/sources/${source}`, { slug: 'Not A Slug' }, 'slug'],
      ['PATCH', `/v1/sources/${source}`, { status: 'paused' }, 'status'],
      ['PATCH', `/v1/sources/${source}`, { env_id: 'env_other' }, 'env_id'],
      ['PATCH', `/v1/destinations/${destinationId}`, { url: 'ftp://example.com' }, 'url'],
      ['PATCH', `/v1/destinations/${destinationId}`, { timeout_ms: 999 }, 'timeout_ms'],
      ['PATCH', `/v1/destinations/${destinationId}`, { auth_type: 'basic' }, 'auth_config.username'],
      ['PATCH', `/v1/destinations/${destinationId}`, { headers: { host: 'x' } }, 'headers.host'],
      ['PATCH', `/v1/destinations/${destinationId}`, { mirror_urls: ['ftp://example.com'] }, 'mirror_urls[0]'],
      ['PATCH', `/v1/destinations/${destinationId}`, { mirror_urls: [NOWHERE] }, 'mirror_urls'],
      ['PATCH', `/v1/destinations/${destinationId}`, { type: 'kafka' }, 'type'],
      ['PATCH', `/v1/connections/${connectionId}`, { destination_id: 'dst_none' }, 'destination_id'],
      ['PATCH', `/v1/connections/${connectionId}`, { source_id: 'src_none' }, 'source_id'],
      [
        'PATCH',
        `/v1/connections/${connectionId}`,
        { filter_rules: [{ field: 'x', operator: 'eq' }] },
        'filter_rules[0]',
      ],
      ['PATCH', `/v1/connections/${connectionId}`, { schema: { type: 'text' } }, 'schema'],
      ['PATCH', `/v1/connections/${connectionId}`, { enabled: 'yes' }, 'enabled'],
      ['POST', '/v1/api-keys', { name: 'x', scopes: ['admin'] }, 'scopes'],
      ['POST', '/v1/api-keys', { name: 'x', scopes: [] }, 'scopes'],
      ['POST', '/v1/api-keys', { name: 'x', expires_on: 'tomorrow' }, 'expires_on'],
      ['POST', '/v1/api-keys', { name: 'x', expires_on: '2020-01-01' }, 'expires_on'],
      ['POST', '/v1/api-keys', { name: 'x', rate_limit: { per_second: 0, burst: 1 } }, 'rate_limit.per_second'],
      ['POST', '/v1/api-keys', { name: 'x', environment: 'another' }, 'environment'],
      ['GET', '/v1/sources?status=great', undefined, 'status'],
      ['GET', '/v1/destinations?status=great', undefined, 'status'],
      ['GET', '/v1/connections?status=great', undefined, 'status'],
      ['GET', '/v1/events?status=great', undefined, 'status'],
      ['GET', '/v1/events?method=BREW', undefined, 'method'],
      ['GET', '/v1/events?verification_status=maybe', undefined, 'verification_status'],
      ['GET', '/v1/events?limit=101', undefined, 'limit'],
      ['GET', '/v1/events?cursor=nonsense', undefined, 'cursor'],
      ['GET', '/v1/events?from=whenever', undefined, 'from'],
    ];
    for (const [method, path, json, field] of cases) {
      const refused = await tenant.api.call(method, path, { json });
      const error = expect.stringMatching(new RegExp(`^${field.replaceAll(/[[\].]/g, '\\$&')}`));
      expect({ path, ...refused }).toMatchObject({ path, status: 400, body: { error, code: 'VALIDATION_ERROR' } });
    }
  });

  test('refuses bodies that are no JSON objects', async () => {
    const tenant = await world().tenant();
    const { destinationId, connectionId } = await tenant.routeTo(NOWHERE);
    const paths = [`/v1/sources/${await tenant.createSource()}`, `/v1/destinations/${destinationId}`];
    for (const path of [...paths, `/v1/connections/${connectionId}`]) {
      for (const raw of ['', '{', 'null', '[]', '"text"', new Uint8Array([0xff, 0xfe])]) {
        expect((await tenant.api.call('PATCH', path, { raw })).status).toBe(400);
      }
    }
    for (const raw of ['{', 'null', '7']) {
      expect((await tenant.api.call('POST', '/v1/api-keys', { raw })).status).toBe(400);
    }
  });
});
