import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { sign } from '../../lambdas/domain/signature';
import { eventAnswer, eventsAnswer, ingestAnswer } from './support/api';
import { eventually } from './support/eventually';
import type { ReceivedRequest } from './support/receiver';
import { useWorld } from './support/world';

const world = useWorld();

const LIMIT = 262_144;
const nested = (levels: number, open: string, close: string) => open.repeat(levels) + close.repeat(levels);

/** Texts that are JSON values, written as no serializer would write them. */
const JSON_TEXTS: Readonly<Record<string, string>> = {
  null: 'null',
  'an empty text': '""',
  'members twice': '{"a": 1, "a": {"b": 2}, "a":3}',
  'numbers beyond what can be held': '[1e400, -1e400, 1e-400, 1234567890123456789012345678901234567890, 0.1e1, -0]',
  'halves of surrogate pairs': '"\\ud800 \\udc00 \\ud83d\\ude00"',
  'escapes that need not be': '"\\u0061\\/\\u0000"',
  'names that objects inherit': '{"__proto__": {"admin": true}, "constructor": 1, "toString": null, "": 0}',
  'space around': ' \r\n\t[ 1 ,2 ]\n ',
  'a thousand levels of lists': nested(1_000, '[', ']'),
  'a hundred levels of objects': `${'{"a":'.repeat(100)}1${'}'.repeat(100)}`,
};

/** Bytes that only a source takes. */
const BYTES: Readonly<Record<string, Uint8Array>> = {
  ...Object.fromEntries(Object.entries(JSON_TEXTS).map(([name, text]) => [name, Buffer.from(text)])),
  'every byte': Buffer.from(Array.from({ length: 256 }, (_, n) => n)),
  nothing: Buffer.alloc(0),
  'a mark of byte order': Buffer.from('\ufeff{"a":1}'),
  'text that is no UTF-8': Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
  'half a character': Buffer.from([0xe2, 0x82]),
  'ten thousand levels': Buffer.from(nested(10_000, '[', ']')),
  'a hundred thousand levels': Buffer.from(nested(100_000, '{"a":[', ']}').slice(0, 200_000)),
  'what is cut off': Buffer.from('{"a": [1, 2'),
  'zero bytes': Buffer.alloc(4_096),
  'as much as is taken': randomBytes(LIMIT),
};

/** A connection for everything, and others whose rules and schemas look into whatever comes. */
async function surroundings() {
  const [tenant, receiver, other] = [await world().tenant(), await world().receiver(), await world().receiver()];
  const { signingSecret } = await tenant.routeTo(receiver.url);
  const fields = ['body', 'body.__proto__.admin', 'body.a.b.c', 'body.constructor', 'body.0.0.0', 'body.a'];
  const filter_rules = fields.map((field) => ({ field, operator: 'neq', value: { a: [1] } }));
  await tenant.routeTo(other.url, { connection: { filter_rules } });
  const schema = {
    $defs: {
      any: {
        items: { $ref: '#/$defs/any' },
        additionalProperties: { $ref: '#/$defs/any' },
        not: { const: 7 },
        uniqueItems: true,
      },
    },
    $ref: '#/$defs/any',
  };
  await tenant.routeTo(other.url, { connection: { schema } });
  return { tenant, receiver, signingSecret };
}

/** Waits for a request and holds its body and its signature against what was sent. */
async function arrives(requests: readonly ReceivedRequest[], eventId: string, body: Uint8Array, secret: string) {
  const request = await eventually(`the request of ${eventId}`, () =>
    requests.find(({ headers }) => headers['webhook-id'] === eventId),
  );
  expect(request.body.equals(body)).toBe(true);
  const at = new Date(Number(request.headers['webhook-timestamp']) * 1000);
  expect(request.headers['webhook-signature']).toBe(sign([secret], eventId, at, request.body));
}

/** Many payloads, and a machine that may be busy. */
const timeout = 180_000;

describe('a payload', { timeout }, () => {
  test.each(['application/json', 'application/octet-stream', 'text/plain; charset=iso-8859-1'])(
    'arrives byte for byte through a source as %s, whatever it is',
    async (type) => {
      const { tenant, receiver, signingSecret } = await surroundings();
      const source = await tenant.createSource();
      const send = async (name: string, raw: Uint8Array) => {
        const call = { raw, headers: { 'content-type': type, 'x-name': name } };
        const { event_id } = await tenant.api.ok(ingestAnswer, 'POST', `/v1/ingest/${source}`, call);
        await arrives(receiver.requests, event_id, raw, signingSecret);
      };
      await Promise.all(Object.entries(BYTES).map(([name, raw]) => send(name, raw)));
      await eventually('all else to be settled', async () => {
        const { pagination } = await tenant.deliveries({ status: 'pending' });
        return pagination.total === 0;
      });
    },
  );

  test('arrives as it was written when it is published, alone and in a batch', async () => {
    const { tenant, receiver, signingSecret } = await surroundings();
    const texts = Object.values(JSON_TEXTS);
    const publish = async (text: string) => {
      const raw = `{"type": "a", "payload":${text}}`;
      const { event } = await tenant.api.ok(eventAnswer, 'POST', '/v1/events', { raw });
      await arrives(receiver.requests, event.id, Buffer.from(text.trim()), signingSecret);
    };
    await Promise.all(texts.map(publish));
    const raw = `{"events": [${texts.map((text) => `{"type": "a", "payload": ${text}}`).join()}]}`;
    const { events } = await tenant.api.ok(eventsAnswer, 'POST', '/v1/events/batch', { raw });
    for (const [index, { id }] of events.entries())
      await arrives(receiver.requests, id, Buffer.from(texts[index]?.trim() ?? ''), signingSecret);
  });

  test('is refused by its field where it is published as what is no JSON', async () => {
    const { tenant } = await surroundings();
    const cases: [string | Uint8Array, RegExp][] = [
      ['', /^body: must be valid JSON/],
      ['\ufeff{"type": "a", "payload": 1}', /^body: must be valid JSON/],
      [
        Buffer.from([...Buffer.from('{"type": "a", "payload": "'), 0xff, ...Buffer.from('"}')]),
        /^body: must be JSON in UTF-8/,
      ],
      ['{"type": "a", "payload": NaN}', /^body/],
      ['{"type": "a", "payload": 01}', /^body/],
      ['{"type": "a"}', /^payload: is required/],
      ['{"type": "\\ud800", "payload": 1}', /^type: contains half/],
      ['{"type": "a", "payload": 1, "id": "\\udfff"}', /^id: contains half/],
      ['{"__proto__": {"type": "a", "payload": 1}}', /^type/],
      ['null', /./],
      [`{"type": "a", "payload": ${nested(100_000, '[', ']')}}`, /^body: is nested too deeply/],
    ];
    for (const [raw, error] of cases)
      expect(await tenant.api.call('POST', '/v1/events', { raw })).toMatchObject({
        status: 400,
        body: { error: expect.stringMatching(error), code: 'VALIDATION_ERROR' },
      });
    expect((await tenant.api.call('GET', '/v1/events')).body).toMatchObject({ events: [] });
  });

  test('is taken up to 256 KiB and refused beyond, on every way in', async () => {
    const { tenant, receiver, signingSecret } = await surroundings();
    const source = await tenant.createSource();
    const filled = (before: string, after: string, bytes: number) =>
      before + 'x'.repeat(bytes - before.length - after.length) + after;
    const ways = [
      { path: '/v1/events', before: '{"type": "a", "payload": "', after: '"}' },
      { path: '/v1/events/batch', before: '{"events": [{"type": "a", "payload": "', after: '"}]}' },
      { path: `/v1/ingest/${source}`, before: '', after: '' },
    ];
    for (const { path, before, after } of ways) {
      for (const bytes of [LIMIT - 1, LIMIT])
        expect((await tenant.api.call('POST', path, { raw: filled(before, after, bytes) })).status).toBe(202);
      const refused = await tenant.api.call('POST', path, { raw: filled(before, after, LIMIT + 1) });
      expect(refused).toMatchObject({ status: 413, body: { code: 'PAYLOAD_TOO_LARGE' } });
    }
    await eventually('six requests', () => receiver.requests.length === 6);
    for (const { body, headers } of receiver.requests)
      await arrives(receiver.requests, String(headers['webhook-id']), body, signingSecret);
  });
});
