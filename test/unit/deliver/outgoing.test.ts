import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import type { Destination } from '../../../lambdas/configuration/destination';
import { buildRequest, recordedHeaders } from '../../../lambdas/functions/deliver/transports/http/outgoing';
import type { Sending } from '../../../lambdas/functions/deliver/transports/transport';
import { BASE, deliveryOf, destinationOf, eventOf, SECRET } from '../support/records';

const now = new Date();
const sendingOf = (changes: Partial<Destination> = {}, event = eventOf()): Sending => {
  const destination = destinationOf(changes);
  const target = destination.url;
  return { event, delivery: deliveryOf(), destination, target, startedAt: now.getTime(), timeoutMs: 1000 };
};
const build = (changes: Partial<Destination> = {}, event = eventOf()) => buildRequest(sendingOf(changes, event));
const recorded = (changes: Partial<Destination>) => recordedHeaders(build(changes).headers, destinationOf(changes));

describe('the request of an attempt', () => {
  it('has the body of the event byte for byte and its content type', () => {
    const event = eventOf({ body: Buffer.from([0, 255, 7]), contentType: 'application/octet-stream' });
    expect(build({}, event)).toMatchObject({
      body: Buffer.from([0, 255, 7]),
      headers: { 'content-type': 'application/octet-stream' },
      method: 'POST',
      timeoutMs: 1000,
    });
  });

  it('has the headers of Standard Webhooks, which the library’s verifier accepts', () => {
    const { headers } = build();
    expect(headers['webhook-id']).toBe(`evt_${BASE}00000000`);
    expect(headers['webhook-timestamp']).toBe(String(Math.floor(now.getTime() / 1000)));
    expect(() => new Webhook(SECRET).verify('{"id":1}', { ...headers })).not.toThrow();
  });

  it('is signed by an earlier secret, too, until that one ends, although it is still stored then', () => {
    const earlier = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;
    const signedBy = (until: number) => {
      const retiringSecrets = [{ secret: earlier, until: new Date(until).toISOString() }];
      const { headers } = build({ retiringSecrets });
      return [SECRET, earlier].filter((secret) => {
        try {
          return new Webhook(secret).verify('{"id":1}', { ...headers });
        } catch (error) {
          expect(error).toBeInstanceOf(WebhookVerificationError);
          return false;
        }
      });
    };
    expect(signedBy(now.getTime() + 1)).toEqual([SECRET, earlier]);
    expect(signedBy(now.getTime())).toEqual([SECRET]);
  });

  it('has a key to deduplicate by, the same on every attempt and for every retry', () => {
    const first = build().headers['Idempotency-Key'];
    const later = buildRequest({ ...sendingOf(), delivery: deliveryOf({ ordinal: 7, made: 9 }), startedAt: 0 });
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(later.headers['Idempotency-Key']).toBe(first);
    expect(build().headers['X-Webhook-ID']).toBe(`evt_${BASE}00000000`);
  });

  it.each(['text/plain\r\nx-injected: 1', 'text/plain\u0000', 'text/\u010a'])(
    'has no content type that could end its line: %j',
    (contentType) => {
      expect(build({}, eventOf({ contentType })).headers['content-type']).toBe('application/octet-stream');
    },
  );

  it('carries nothing of the event in its headers but its id and its content type', () => {
    const event = eventOf({ type: 'evil\r\nx-injected: 1', headers: { 'x-injected': '1' }, externalId: 'evil\r\n' });
    expect(JSON.stringify(build({}, event).headers)).not.toMatch(/evil|injected/);
  });

  it('names its sender', () => {
    expect(build().headers['user-agent']).toMatch(/^Posthorn\/\d+\.\d+\.\d+/);
  });

  it('does not let the headers of a destination replace those of Posthorn', () => {
    const { headers } = build({
      headers: { 'webhook-signature': 'forged', 'content-type': 'text/plain', 'x-own': '1' },
    });
    expect(headers['webhook-signature']).toMatch(/^v1,/);
    expect(headers['content-type']).toBe('application/json');
    expect(headers['x-own']).toBe('1');
  });

  it.each([
    [{ type: 'basic', username: 'ada', password: 'p:w' }, 'authorization', `Basic ${btoa('ada:p:w')}`],
    [{ type: 'bearer_token', token: 'hunter2' }, 'authorization', 'Bearer hunter2'],
    [{ type: 'api_key', header: 'X-Shop-Pass', key: 'hunter2' }, 'x-shop-pass', 'hunter2'],
  ] as const)('carries the credentials of %j', (auth, name, value) => {
    expect(build({ auth }).headers[name]).toBe(value);
  });
});

describe('the request headers that are recorded', () => {
  it.each([
    [{ auth: { type: 'basic', username: 'ada', password: 'hunter2' } }, 'authorization', 'Basic ***'],
    [{ auth: { type: 'bearer_token', token: 'hunter2' } }, 'authorization', 'Bearer ***'],
    [{ auth: { type: 'api_key', header: 'X-Plain', key: 'hunter2' } }, 'x-plain', '***'],
    [{ headers: { 'x-shop-token': 'hunter2' } }, 'x-shop-token', '***'],
    [{ headers: { authorization: 'hunter2' } }, 'authorization', '***'],
  ] as [Partial<Destination>, string, string][])('hide the credentials of %j', (changes, name, value) => {
    expect(recorded(changes)[name]).toBe(value);
    expect(JSON.stringify(recorded(changes))).not.toContain('hunter2');
  });

  it('show what is no secret: the keys that receivers deduplicate by, and other headers', () => {
    const headers = recorded({ headers: { 'x-tenant': 'acme' } });
    expect(headers['x-tenant']).toBe('acme');
    expect(headers['Idempotency-Key']).toMatch(/^[0-9a-f]{64}$/);
    expect(headers['webhook-signature']).toMatch(/^v1,/);
  });
});
