import { describe, expect, it } from 'vitest';
import { type PublishPorts, publishBatch, publishOne } from '../../../lambdas/functions/ingest/publish';
import type { Principal } from '../../../lambdas/http/authentication';
import { ApiError } from '../../../lambdas/http/errors';
import type { ApiRequest } from '../../../lambdas/http/messages';
import type { StoredEvent } from '../../../lambdas/store/events/events';

const CALLER: Principal = {
  ...{ keyId: 'key_1', keyName: 'test', keyHash: '0', organization: 'org_1', organizationName: 'acme' },
  ...{ environment: 'env_1', environmentName: 'production', scopes: ['write'] },
};

function memory() {
  const events = new Map<string, StoredEvent>();
  const keys = new Map<string, string>();
  const ports: PublishPorts = {
    put: async (event) => {
      const taken = events.get(event.base);
      if (!taken) events.set(event.base, event);
      return taken;
    },
    now: () => 1_800_000_000_000,
    getSource: async () => undefined,
    putLatest: async () => false,
    forget: async () => {},
    get: async (base) => events.get(base),
    useKey: async (name, fingerprint) => {
      const before = keys.get(name) ?? fingerprint;
      keys.set(name, before);
      return before === fingerprint;
    },
  };
  return { events, ports };
}

const request = (body: string, key?: string): ApiRequest => ({
  ...{ method: 'POST', path: '/v1/events', params: {}, query: {}, cookies: [], requestId: '1' },
  headers: key === undefined ? {} : { 'idempotency-key': key },
  body: Buffer.from(body),
});

const batch = (...payloads: readonly number[]) =>
  JSON.stringify({ events: payloads.map((payload) => ({ type: 'a', payload })) });

const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => (error instanceof ApiError ? error.code : error),
  );

describe('a repeated publish', () => {
  it('answers as the first time, event by event', async () => {
    const { events, ports } = memory();
    const first = await publishBatch(ports, request(batch(1, 2, 3), 'k'), CALLER);
    expect(await publishBatch(ports, request(batch(1, 2, 3), 'k'), CALLER)).toEqual(first);
    expect(events.size).toBe(3);
  });

  it('completes a batch of which only some events were stored', async () => {
    const { events, ports } = memory();
    const first = await publishBatch(ports, request(batch(1, 2, 3), 'k'), CALLER);
    events.delete([...events.keys()][2] ?? '');
    expect(await publishBatch(ports, request(batch(1, 2, 3), 'k'), CALLER)).toEqual(first);
    expect(events.size).toBe(3);
  });

  it('with another body is refused and stores nothing, not even events beyond the first batch', async () => {
    const { events, ports } = memory();
    await publishBatch(ports, request(batch(1), 'k'), CALLER);
    expect(await refusal(publishBatch(ports, request(batch(2, 3, 4), 'k'), CALLER))).toBe('CONFLICT');
    expect(events.size).toBe(1);
  });

  it('under an id of its own is refused when its numbers differ beyond what JavaScript can hold', async () => {
    const { events, ports } = memory();
    const body = (number: string) => request(`{"type":"a","id":"order-1","payload":${number}}`);
    const first = await publishOne(ports, body('12345678901234567890'), CALLER);
    expect(await publishOne(ports, body('12345678901234567890'), CALLER)).toEqual(first);
    expect(await refusal(publishOne(ports, body('12345678901234567891'), CALLER))).toBe('CONFLICT');
    expect(events.size).toBe(1);
  });
});

describe('a key together with ids of events', () => {
  const named = (id: string, payload: number) => JSON.stringify({ type: 'a', payload, id });

  it('refuses another request under the same key before anything of it is stored', async () => {
    const { events, ports } = memory();
    await publishOne(ports, request(named('one', 1), 'k'), CALLER);
    expect(await refusal(publishOne(ports, request(named('two', 1), 'k'), CALLER))).toBe('CONFLICT');
    expect(await refusal(publishOne(ports, request(named('one', 2), 'k'), CALLER))).toBe('CONFLICT');
    expect(events.size).toBe(1);
  });

  it('answers the same request as the first time, and takes another key', async () => {
    const { events, ports } = memory();
    const first = await publishOne(ports, request(named('one', 1), 'k'), CALLER);
    expect(await publishOne(ports, request(named('one', 1), 'k'), CALLER)).toEqual(first);
    await publishOne(ports, request(named('two', 1), 'l'), CALLER);
    expect(events.size).toBe(2);
  });
});
