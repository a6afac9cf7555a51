import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { sign } from '../../lambdas/domain/signature';
import { ingestAnswer } from './support/api';
import { eventually } from './support/eventually';
import type { Tenant } from './support/tenant';
import { useWorld } from './support/world';

const world = useWorld();

const shown = z.object({ source: z.record(z.string(), z.unknown()) });
const listed = z.object({ events: z.array(z.object({ id: z.string(), verification_status: z.string() })) });

const SECRET = 'a secret of the sender';
const github = (body: Uint8Array | string, secret = SECRET) => ({
  'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
});
const ingest = (tenant: Tenant, source: string, raw: string | Uint8Array, headers: Record<string, string> = {}) =>
  tenant.api.call('POST', `/v1/ingest/${source}`, { raw, headers });
const accepted = async (
  tenant: Tenant,
  source: string,
  raw: string | Uint8Array,
  headers: Record<string, string> = {},
) => (await tenant.api.ok(ingestAnswer, 'POST', `/v1/ingest/${source}`, { raw, headers })).event_id;
const events = async (tenant: Tenant, query = '') => (await tenant.api.ok(listed, 'GET', `/v1/events${query}`)).events;

describe.concurrent('a source that verifies', () => {
  test('takes what its sender signed, any bytes, and delivers it', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver()];
    await tenant.routeTo(receiver.url);
    const source = await tenant.createSource({ verification_type: 'github', verification_secret: SECRET });
    const body = Buffer.from([0, 255, 13, 10, 128]);
    const id = await accepted(tenant, source, body, github(body));
    await eventually('the request', () => receiver.requests.length === 1);
    expect(receiver.requests[0]?.body.equals(body)).toBe(true);
    expect(await events(tenant)).toMatchObject([{ id, verification_status: 'verified' }]);
    expect(await events(tenant, '?verification_status=skipped')).toEqual([]);
  });

  test('refuses everything else, and keeps nothing of it', async () => {
    const tenant = await world().tenant();
    const source = await tenant.createSource({ verification_type: 'github', verification_secret: SECRET });
    const requests: [string, Record<string, string>][] = [
      ['body', {}],
      ['body', github('another body')],
      ['body', github('body', 'another secret')],
      ['body', { 'x-hub-signature-256': 'sha256=' }],
    ];
    for (const [raw, headers] of requests) {
      const refused = await ingest(tenant, source, raw, headers);
      expect(refused).toMatchObject({ status: 401, body: { code: 'UNAUTHORIZED' } });
      expect(JSON.stringify(refused.body)).not.toContain(SECRET);
    }
    expect((await ingest(tenant, source, Buffer.alloc(262_145), github(Buffer.alloc(262_145)))).status).toBe(413);
    expect(await events(tenant)).toEqual([]);
  });

  test('refuses a signature of Standard Webhooks whose time is over', async () => {
    const tenant = await world().tenant();
    const secret = `whsec_${Buffer.alloc(24, 3).toString('base64')}`;
    const settings = { verification_type: 'standard', verification_secret: secret, verification_tolerance_seconds: 60 };
    const source = await tenant.createSource(settings);
    const body = Buffer.from([255, 254]);
    const at = (time: Date) => ({
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(Math.floor(time.getTime() / 1000)),
      'webhook-signature': sign([secret], 'msg_1', time, body),
    });
    await accepted(tenant, source, body, at(new Date()));
    expect((await ingest(tenant, source, body, at(new Date(Date.now() - 120_000)))).status).toBe(401);
    expect((await ingest(tenant, source, body, at(new Date(Date.now() + 120_000)))).status).toBe(401);
  });

  test('never shows its secrets, keeps them over other changes, and knows several while they are rotated', async () => {
    const tenant = await world().tenant();
    const source = await tenant.createSource({
      verification_type: 'hmac-sha256',
      verification_header: 'X-Signature',
      verification_encoding: 'base64',
      verification_prefix: 'v1=',
      verification_secret: SECRET,
    });
    const path = `/v1/sources/${source}`;
    const change = { name: 'Renamed', verification_tolerance_seconds: null };
    const changed = await tenant.api.ok(shown, 'PATCH', path, { json: change });
    expect(changed.source).toMatchObject({
      verification_enabled: true,
      verification_type: 'hmac-sha256',
      verification_header: 'x-signature',
      verification_encoding: 'base64',
      verification_prefix: 'v1=',
    });
    for (const answer of [changed, await tenant.api.call('GET', path), await tenant.api.call('GET', '/v1/sources')])
      expect(JSON.stringify(answer)).not.toContain(SECRET);
    const signed = (secret: string) => ({
      'x-signature': `v1=${createHmac('sha256', secret).update('x').digest('base64')}`,
    });
    await accepted(tenant, source, 'x', signed(SECRET));
    await tenant.api.ok(shown, 'PATCH', path, { json: { verification_secrets: ['a newer secret', SECRET] } });
    await eventually('the newer secret to count', async () => {
      return (await ingest(tenant, source, 'x', signed('a newer secret'))).status === 202;
    });
    await accepted(tenant, source, 'x', signed(SECRET));
    await tenant.api.ok(shown, 'PATCH', path, { json: { verification_enabled: false } });
    await eventually('requests to be taken unsigned', async () => (await ingest(tenant, source, 'x')).status === 202);
  });
});

describe.concurrent('a source that recognizes repetitions', () => {
  test('answers the same body with the same event, also when it comes many times at once', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver()];
    await tenant.routeTo(receiver.url);
    const source = await tenant.createSource({ dedup_enabled: true, dedup_strategy: 'body' });
    const ids = await Promise.all(Array.from({ length: 8 }, () => accepted(tenant, source, 'the same')));
    expect(new Set(ids).size).toBe(1);
    expect(await accepted(tenant, source, 'another')).not.toBe(ids[0]);
    await eventually('both to be delivered', () => receiver.requests.length === 2);
    expect(await events(tenant)).toHaveLength(2);
  });

  test('takes the same header for new once its window is over', async () => {
    const tenant = await world().tenant();
    const settings = { dedup_strategy: 'header', dedup_header: 'X-Delivery', dedup_window_seconds: 1 };
    const source = await tenant.createSource(settings);
    const headers = { 'x-delivery': '1' };
    const ids = new Set<string>([await accepted(tenant, source, 'a', headers)]);
    for (const count of [2, 3]) {
      await eventually('the window to end', async () => {
        ids.add(await accepted(tenant, source, 'b', headers));
        return ids.size >= count;
      });
    }
    expect(await events(tenant)).toHaveLength(ids.size);
    const { source: read } = await tenant.api.ok(shown, 'GET', `/v1/sources/${source}`);
    expect(read).toMatchObject({ dedup_enabled: true, dedup_header: 'x-delivery', dedup_window_seconds: 1 });
  });
});

describe.concurrent('a key together with an id', () => {
  test('refuses another request within its day', async () => {
    const tenant = await world().tenant();
    const publish = (json: object) =>
      tenant.api.call('POST', '/v1/events', { json, headers: { 'idempotency-key': 'k' } });
    const first = { type: 'a', payload: 1, id: 'one' };
    expect((await publish(first)).status).toBe(202);
    expect((await publish(first)).status).toBe(202);
    for (const other of [
      { ...first, id: 'two' },
      { ...first, payload: 2 },
    ])
      expect(await publish(other)).toMatchObject({ status: 409 });
    expect(await events(tenant)).toHaveLength(1);
  });
});
