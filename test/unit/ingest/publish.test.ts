import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { publishBatch, publishOne } from '../../../lambdas/functions/ingest/publish';
import { ApiError } from '../../../lambdas/http/errors';
import { readRequest } from '../../../lambdas/http/messages';
import { httpEvent } from '../support/http-event';
import { PublishWorld } from '../support/publish-world';
import { ENVIRONMENT, idOf, ORGANIZATION, SOURCE } from '../support/records';

const caller = {
  keyId: idOf('key', 1),
  keyName: 'test',
  keyHash: '0',
  ...{ organization: ORGANIZATION, organizationName: 'acme', environment: ENVIRONMENT, environmentName: 'test' },
  scopes: ['write'] as const,
};
const request = (body: unknown, headers = {}) =>
  readRequest(httpEvent({ method: 'POST', path: '/v1/events', body, headers }));

let world: PublishWorld;
beforeEach(() => {
  world = new PublishWorld();
});
const one = (body: unknown, headers = {}) => publishOne(world, request(body, headers), caller);
const batch = (events: unknown, headers = {}) => publishBatch(world, request({ events }, headers), caller);

/** The status and text of a refusal, after which nothing may be left behind. */
async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  // Writes that were under way beside the refused one would be through by then.
  for (let tick = 0; tick < 3; tick += 1) await new Promise((resolve) => setImmediate(resolve));
  return error instanceof ApiError ? `${error.status} ${error.message}` : String(error);
}

describe('publishing an event', () => {
  it('answers 202 with the event that was stored', async () => {
    const { status, body } = await one({ type: 'order.created', payload: { id: 1 }, source_id: SOURCE });
    const [event] = [...world.events.values()];
    expect(status).toBe(202);
    expect(body).toMatchObject({
      event: { id: `evt_${event?.base}00000000`, type: 'order.created', status: 'pending' },
    });
    expect(event).toMatchObject({ source: SOURCE, environment: ENVIRONMENT, contentType: 'application/json' });
  });

  it('stores the payload exactly as it was written', async () => {
    const payload = '{ "n": 1.0e+2, "id": 12345678901234567890, "a":1,"a":2, "s":"\\u00e9\\ud800" }';
    await one(`{"payload": ${payload} ,"type":"x"}`);
    expect(world.bodies()).toEqual([payload]);
  });

  it('takes any JSON value as payload', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (payload) => {
        world = new PublishWorld();
        await one({ type: 'x', payload });
        expect(world.bodies()).toEqual([JSON.stringify(payload)]);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ['no JSON', 'hello', '400 body: must be valid JSON'],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22]), '400 body: must be JSON in UTF-8'],
    ['a list', '[]', '400'],
    ['no type', { payload: 1 }, '400 type:'],
    ['an empty type', { type: '', payload: 1 }, '400 type:'],
    ['a type that is too long', { type: 'x'.repeat(256), payload: 1 }, '400 type:'],
    ['no payload', { type: 'x' }, '400 payload: is required'],
    ['a source of another environment', { type: 'x', payload: 1, source_id: idOf('src', 9) }, '400 source_id:'],
    ['an empty id', { type: 'x', payload: 1, id: '' }, '400 id:'],
  ])('refuses %s and stores nothing', async (_, body, expected) => {
    const event = httpEvent({ method: 'POST', path: '/v1/events', body, base64: body instanceof Uint8Array });
    expect(await refusal(publishOne(world, readRequest(event), caller))).toContain(expected);
    expect(world.events.size).toBe(0);
  });

  it.each([1000, 20_000, 120_000])('answers for a payload that is nested %i levels deep', async (depth) => {
    const text = `{"type":"x","id":"deep","payload":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    const answer = await refusal(one(text));
    expect(['undefined', '400 body: is nested too deeply']).toContain(answer);
    expect(world.events.size).toBe(answer === 'undefined' ? 1 : 0);
  });

  it('refuses a key of the whole organization', async () => {
    const { environment: _, ...master } = caller;
    expect(await refusal(publishOne(world, request({ type: 'x', payload: 1 }), master))).toMatch(/^403/);
  });
});

describe('publishing again', () => {
  const event = { type: 'x', payload: { a: 1 } };
  const key = { 'idempotency-key': 'k1' };

  it('under the same key and with the same body answers as the first time', async () => {
    const first = await one(event, key);
    expect(await one(event, key)).toEqual(first);
    expect(world.events.size).toBe(1);
  });

  it('under the same key with another body is refused', async () => {
    await one(event, key);
    expect(await refusal(one({ ...event, payload: 2 }, key))).toMatch(/^409 Idempotency-Key:/);
  });

  it.each(['', 'x'.repeat(256)])('under a key that is too short or too long is refused', async (value) => {
    expect(await refusal(one(event, { 'idempotency-key': value }))).toMatch(/^400 Idempotency-Key:/);
  });

  it.each(['k1,k2', 'k1, k1'])('under two keys, which the gateway joins to %j, is refused', async (value) => {
    expect(await refusal(one(event, { 'idempotency-key': value }))).toMatch(/^400 Idempotency-Key: .*once/);
    expect(world.events.size).toBe(0);
  });

  it('under the same id answers as the first time, under whatever key', async () => {
    const first = await one({ ...event, id: 'order-1' }, key);
    expect(await one({ ...event, id: 'order-1' }, { 'idempotency-key': 'k2' })).toEqual(first);
  });

  it('under the same id with a payload that differs in one digit of a long number is refused', async () => {
    await one('{"type":"x","id":"order-1","payload":12345678901234567890}');
    expect(await refusal(one('{"type":"x","id":"order-1","payload":12345678901234567891}'))).toMatch(/^409 id:/);
  });
});

describe('publishing a batch', () => {
  const events = (count: number) => Array.from({ length: count }, (_, n) => ({ type: 'x', payload: n }));

  it('answers with the events in their order', async () => {
    const { status, body } = await batch(events(3));
    expect(status).toBe(202);
    expect((body as { events: { id: string }[] }).events.map(({ id }) => id.slice(4, 28))).toEqual([
      ...world.events.keys(),
    ]);
    expect(world.bodies()).toEqual(['0', '1', '2']);
  });

  it.each([
    ['none', [], '400 events:'],
    ['more than a hundred', events(101), '400 events:'],
    ['one that is wrong', [...events(2), { type: 'x' }], '400 events[2].payload:'],
    ['one of a strange source', [...events(1), { ...events(1)[0], source_id: 'src_x' }], '400 events[1].source_id:'],
    ['one id twice', [0, 1].map(() => ({ type: 'x', payload: 1, id: 'a' })), '400 events[1].id:'],
  ])('refuses %s and stores nothing', async (_, list, expected) => {
    expect(await refusal(batch(list))).toContain(expected);
    expect(world.events.size).toBe(0);
  });

  it('refused for its key leaves nothing behind, even where it has more events than the first one', async () => {
    const key = { 'idempotency-key': 'k1' };
    await batch(events(2), key);
    expect(await refusal(batch(events(5), key))).toMatch(/^409/);
    expect(world.events.size).toBe(2);
  });

  it('is completed when it is sent again under its key after a crash', async () => {
    const key = { 'idempotency-key': 'k1' };
    const { put } = world;
    let calls = 0;
    world.put = async (event) => {
      calls += 1;
      if (calls > 2) throw new Error('throttled');
      return put(event);
    };
    expect(await refusal(batch(events(4), key))).toContain('throttled');
    world.put = put;
    await batch(events(4), key);
    expect(world.bodies().sort()).toEqual(['0', '1', '2', '3']);
  });
});
