import { deepStrictEqual } from 'node:assert';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { ingestSource } from '../../../lambdas/functions/ingest/ingest-source';
import { ApiError } from '../../../lambdas/http/errors';
import { readRequest } from '../../../lambdas/http/messages';
import { newEventItem, parseEvent } from '../../../lambdas/store/events/events';
import { nastyMap } from '../../corpus/names';
import { httpEvent } from '../support/http-event';
import { PublishWorld } from '../support/publish-world';
import { ENVIRONMENT, idOf, SOURCE, sourceOf } from '../support/records';
import { storedAndRead } from '../support/wire-table';

let world: PublishWorld;
beforeEach(() => {
  world = new PublishWorld();
});

function ingest(body: unknown, headers: Record<string, string> = {}, id = SOURCE) {
  const path = `/v1/ingest/${id}`;
  const event = httpEvent({ method: 'POST', path, body, headers, params: { sourceId: id }, base64: true });
  return ingestSource(world, readRequest(event));
}
const status = (work: Promise<unknown>) => work.catch((error) => error instanceof ApiError && error.status);
const stored = () => [...world.events.values()][0];

describe('ingesting through a source', () => {
  it('takes any bytes as they are, with their content type', async () => {
    const body = Buffer.from([0, 255, 13, 10, 128]);
    const answer = await ingest(body, { 'content-type': 'application/x-protobuf' });
    expect(answer).toEqual({ status: 202, body: { event_id: `evt_${stored()?.base}00000000` } });
    expect(stored()).toMatchObject({ body, contentType: 'application/x-protobuf', environment: ENVIRONMENT });
  });

  it('takes an empty body', async () => {
    expect((await ingest(Buffer.alloc(0))).status).toBe(202);
    expect(stored()?.body).toHaveLength(0);
  });

  it('keeps the sender’s headers, but neither credentials nor those of the transport', async () => {
    await ingest('{}', {
      'x-github-event': 'push',
      'x-hub-signature-256': 'sha256=00',
      authorization: 'Bearer hunter2',
      'x-api-key': 'hunter2',
      cookie: 'a=hunter2',
      'proxy-authorization': 'hunter2',
      host: 'api.example',
      'x-forwarded-for': '203.0.113.7',
      'content-length': '2',
    });
    expect(stored()?.headers).toEqual({
      'content-type': 'application/json',
      'x-github-event': 'push',
      'x-hub-signature-256': 'sha256=00',
    });
  });

  it('takes and keeps headers of any name, save for the one that JavaScript cannot hold', async () => {
    const holds = async (headers: Record<string, string>) => {
      world = new PublishWorld();
      const sent = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
      expect((await ingest('{}', sent)).status).toBe(202);
      const event = stored();
      if (!event) throw new Error('Nothing was stored.');
      const read = parseEvent(await storedAndRead(newEventItem(event, 1, 30)));
      const expected = Object.entries({ 'content-type': 'application/json', ...sent });
      deepStrictEqual(
        Object.entries(read.headers ?? {}).sort(),
        expected.filter(([name]) => name !== '__proto__').sort(),
      );
    };
    await fc.assert(fc.asyncProperty(nastyMap(fc.constantFrom('', 'x')), holds));
  });

  it.each([idOf('src', 9), 'src_1', 'x', `dst_${'0'.repeat(32)}`])('knows no source %s', async (id) => {
    expect(await status(ingest('{}', {}, id))).toBe(404);
  });

  it('takes nothing for a source that is disabled', async () => {
    world.source = sourceOf({ status: 'disabled' });
    expect(await status(ingest('{}'))).toBe(403);
    expect(world.events.size).toBe(0);
  });

  it('refuses headers that are larger than 8 KiB', async () => {
    expect(await status(ingest('{}', { 'x-large': 'x'.repeat(8192) }))).toBe(400);
    expect(world.events.size).toBe(0);
  });

  it('takes what a sender repeats as Idempotency-Key for one key, with the comma that joins it, and keeps the event', async () => {
    const twice = { 'idempotency-key': 'a,b' };
    expect(await ingest('one', twice)).toEqual(await ingest('one', twice));
    expect(await ingest('one', { 'idempotency-key': 'a' })).not.toEqual(await ingest('one', twice));
  });

  it('answers a repetition under the same key as the first time, and refuses another body', async () => {
    const key = { 'idempotency-key': 'k' };
    expect(await ingest('one', key)).toEqual(await ingest('one', key));
    expect(await status(ingest('two', key))).toBe(409);
    expect(world.events.size).toBe(1);
  });
});

describe('a source that verifies signatures', () => {
  const secret = "It's a Secret to Everybody";
  const github = { header: 'x-hub-signature-256', encoding: 'hex', prefix: 'sha256=', toleranceSeconds: 300 } as const;
  const signature = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
  beforeEach(() => {
    world.source = sourceOf({ verification: { type: 'github', ...github, secrets: [secret] } });
  });

  it('takes a request with a good one, and remembers that it was verified', async () => {
    expect((await ingest('Hello, World!', { 'x-hub-signature-256': signature })).status).toBe(202);
    expect(stored()).toMatchObject({ verified: true });
  });

  it.each<[string, string, Record<string, string>]>([
    ['none', 'Hello, World!', {}],
    ['one of another body', 'Hello, world!', { 'x-hub-signature-256': signature }],
    ['one that is no signature', 'Hello, World!', { 'x-hub-signature-256': 'x' }],
  ])('refuses a request with %s, and stores nothing', async (_, body, headers) => {
    expect(await status(ingest(body, headers))).toBe(401);
    expect(world.events.size).toBe(0);
  });

  it('tells nothing of its secret', async () => {
    const error = await ingest('x', { 'x-hub-signature-256': signature }).catch((refusal) => refusal);
    expect(JSON.stringify([error.message, error.headers])).not.toMatch(/Secret|[0-9a-f]{64}/);
  });
});

describe('a source that recognizes repetitions', () => {
  it('answers the same body with the same event within its window', async () => {
    world.source = sourceOf({ deduplication: { strategy: 'body', windowSeconds: 60 } });
    const first = await ingest('one');
    world.time += 59_999;
    expect(await ingest('one', { 'x-other': 'y' })).toEqual(first);
    expect(await ingest('two')).not.toEqual(first);
    world.time += 1;
    expect(await ingest('one')).not.toEqual(first);
    expect(world.events.size).toBe(3);
  });

  it('answers the same header with the same event, whatever the body; without the header each is new', async () => {
    world.source = sourceOf({ deduplication: { strategy: 'header', header: 'x-github-delivery', windowSeconds: 60 } });
    const first = await ingest('one', { 'x-github-delivery': 'a' });
    expect(await ingest('two', { 'x-github-delivery': 'a' })).toEqual(first);
    expect(await ingest('one', { 'x-github-delivery': 'b' })).not.toEqual(first);
    expect(await ingest('one')).not.toEqual(await ingest('one'));
  });

  it('takes no name that every object has for a header', async () => {
    world.source = sourceOf({ deduplication: { strategy: 'header', header: 'constructor', windowSeconds: 60 } });
    expect(await ingest('one')).not.toEqual(await ingest('two'));
    const type = {
      type: 'hmac-sha256',
      header: 'constructor',
      encoding: 'hex',
      prefix: '',
      toleranceSeconds: 300,
    } as const;
    world.source = sourceOf({ verification: { ...type, secrets: ['a secret'] } });
    expect(await status(ingest('{}'))).toBe(401);
  });

  it('goes by the key where the sender gives one', async () => {
    world.source = sourceOf({ deduplication: { strategy: 'body', windowSeconds: 60 } });
    const first = await ingest('one', { 'idempotency-key': 'k' });
    expect(await ingest('one', { 'idempotency-key': 'l' })).not.toEqual(first);
    expect(await status(ingest('two', { 'idempotency-key': 'k' }))).toBe(409);
  });
});
