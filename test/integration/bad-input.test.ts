import { beforeAll, describe, test } from 'vitest';
import type { Call } from './support/api';
import { eventBody } from './support/factories';
import { naming, refusedWithoutTrace } from './support/refusal';
import type { Tenant } from './support/tenant';
import { useOwnWorld } from './support/world';

const world = useOwnWorld();

let tenant: Tenant;
let sourceId: string;

beforeAll(async () => {
  tenant = await world().tenant();
  sourceId = await tenant.createSource();
});

/** A call that is refused, says why, and leaves nothing behind. */
const expectRefusal = (method: string, path: string, call: Call, status: number, body: object) =>
  refusedWithoutTrace(world(), tenant.api, { method, path, call }, { status, body });

const BODIES = ['/v1/events', '/v1/events/batch', '/v1/sources', '/v1/destinations', '/v1/connections'];

describe.each(BODIES)('POST %s', (path) => {
  test.each([
    ['no body at all', undefined],
    ['text that is no JSON', '{"type": '],
    ['two documents', '{} {}'],
    ['bytes that are no UTF-8', Uint8Array.of(0x22, 0xff, 0x22)],
  ])('refuses %s', async (_, raw) => {
    await expectRefusal('POST', path, raw === undefined ? {} : { raw }, 400, naming(path, 'body'));
  });

  test.each([null, 1, 'text', []])('refuses %j in place of an object', async (json) => {
    await expectRefusal('POST', path, { json }, 400, { code: 'VALIDATION_ERROR' });
  });

  test('refuses a body over 256 KiB', async () => {
    const raw = JSON.stringify({ ...eventBody(), padding: 'p'.repeat(262_144) });
    await expectRefusal('POST', path, { raw }, 413, { code: 'PAYLOAD_TOO_LARGE' });
  });
});

describe('POST /v1/events', () => {
  test.each([
    ['type', eventBody({ type: undefined })],
    ['type', eventBody({ type: 7 })],
    ['type', eventBody({ type: '' })],
    ['type', eventBody({ type: 't'.repeat(256) })],
    ['payload', eventBody({ payload: undefined })],
    ['source_id', eventBody({ source_id: 7 })],
    ['source_id', eventBody({ source_id: 'src_0190f3a2b4c57abc8def012345678901' })],
    ['source_id', eventBody({ source_id: 's'.repeat(2000) })],
    ['id', eventBody({ id: '' })],
    ['id', eventBody({ id: 'i'.repeat(256) })],
  ])('names the field %s', async (field, json) => {
    await expectRefusal('POST', '/v1/events', { json }, 400, naming('/v1/events', field));
  });

  test('refuses a payload nested a hundred thousand deep', async () => {
    const raw = `{"type":"a","payload":${'['.repeat(1e5)}${']'.repeat(1e5)}}`;
    await expectRefusal('POST', '/v1/events', { raw }, 400, naming('/v1/events', 'body'));
  });

  test('refuses an Idempotency-Key that is too long', async () => {
    const call = { json: eventBody(), headers: { 'idempotency-key': 'k'.repeat(256) } };
    await expectRefusal('POST', '/v1/events', call, 400, naming('/v1/events', 'Idempotency-Key'));
  });
});

describe('POST /v1/events/batch', () => {
  const events = (count: number) => Array.from({ length: count }, () => eventBody());

  test.each([
    ['events', {}],
    ['events', { events: {} }],
    ['events', { events: [] }],
    ['events', { events: events(101) }],
    ['events[1].type', { events: [eventBody(), eventBody({ type: 7 })] }],
    ['events[2].payload', { events: [...events(2), eventBody({ payload: undefined })] }],
    ['events[1].id', { events: [eventBody({ id: 'a' }), eventBody({ id: 'a' })] }],
    ['events[1].source_id', { events: [eventBody(), eventBody({ source_id: 'nowhere' })] }],
  ])('names the field %s and accepts none of its events', async (field, json) => {
    await expectRefusal('POST', '/v1/events/batch', { json }, 400, naming('/v1/events/batch', field));
  });
});

describe('POST /v1/ingest/{sourceId}', () => {
  test.each(['nonsense', 'src_0190f3a2b4c57abc8def012345678901', 'dst_0190f3a2b4c57abc8def012345678901'])(
    'answers 404 for the unknown source %s',
    async (id) => {
      await expectRefusal('POST', `/v1/ingest/${id}`, { raw: 'x' }, 404, { code: 'RESOURCE_NOT_FOUND' });
    },
  );

  test('refuses a body over 256 KiB', async () => {
    const raw = Buffer.alloc(262_145);
    await expectRefusal('POST', `/v1/ingest/${sourceId}`, { raw }, 413, { code: 'PAYLOAD_TOO_LARGE' });
  });

  test('refuses headers over 8 KiB', async () => {
    const headers = Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`x-padding-${n}`, 'p'.repeat(1000)]));
    const path = `/v1/ingest/${sourceId}`;
    await expectRefusal('POST', path, { raw: 'x', headers }, 400, naming(path, 'headers'));
  });
});

describe('GET', () => {
  test.each([
    ['/api/deliveries', 'page', '0'],
    ['/api/deliveries', 'page', 'two'],
    ['/api/deliveries', 'page', '600'],
    ['/api/deliveries', 'pageSize', '0'],
    ['/api/deliveries', 'pageSize', '101'],
    ['/api/deliveries', 'status', 'lost'],
    ['/api/deliveries', 'from', 'yesterday'],
    ['/api/deliveries', 'to', '2026-13-01'],
    ['/api/deliveries', 'cursor', 'bm9uc2Vuc2U'],
    ['/v1/events', 'limit', '101'],
    ['/v1/events', 'limit', '-1'],
    ['/v1/events', 'offset', '10000'],
    ['/v1/events', 'cursor', 'bm9uc2Vuc2U'],
    ['/v1/events', 'from', '1'],
  ])('%s refuses the %s %s', async (path, name, value) => {
    const size = name === 'page' ? '&pageSize=20' : '';
    await expectRefusal('GET', `${path}?${name}=${value}${size}`, {}, 400, naming(path, name));
  });

  test('/api/deliveries/{id} refuses an includeAttempts that is neither true nor false', async () => {
    const path = '/api/deliveries/dlv_0190f3a2b4c57abc8def012300010000';
    await expectRefusal('GET', `${path}?includeAttempts=maybe`, {}, 400, naming(path, 'includeAttempts'));
  });
});
