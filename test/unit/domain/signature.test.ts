import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { newSigningSecret, sign } from '../../../lambdas/domain/signature';
import { SECRET } from '../support/records';

const OTHER = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;

/** The receiver's side: the library's own verifier, at the present time, because it refuses old timestamps. */
function verify(secret: string, signature: string, id: string, timestamp: Date, body: string): unknown {
  return new Webhook(secret).verify(body, {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(timestamp.getTime() / 1000)),
    'webhook-signature': signature,
  });
}

const hmac = (secret: string, signed: Uint8Array): string =>
  `v1,${createHmac('sha256', Buffer.from(secret.slice(6), 'base64'))
    .update(signed)
    .digest('base64')}`;

describe('a signature', () => {
  const now = new Date();

  it('passes the verifier of the Standard Webhooks library', () => {
    fc.assert(
      fc.property(fc.json(), (body) => {
        const signature = sign([SECRET], 'evt_1', now, Buffer.from(body));
        expect(() => verify(SECRET, signature, 'evt_1', now, body)).not.toThrow();
      }),
      { numRuns: 50 },
    );
  });

  it('is refused for another body, another id, another time or another secret', () => {
    const signature = sign([SECRET], 'evt_1', now, Buffer.from('{"a":1}'));
    const later = new Date(now.getTime() + 2000);
    expect(() => verify(SECRET, signature, 'evt_1', now, '{"a":2}')).toThrow();
    expect(() => verify(SECRET, signature, 'evt_2', now, '{"a":1}')).toThrow();
    expect(() => verify(SECRET, signature, 'evt_1', later, '{"a":1}')).toThrow();
    expect(() => verify(OTHER, signature, 'evt_1', now, '{"a":1}')).toThrow();
  });

  it('is given once for each secret while one is being rotated, and either secret verifies it', () => {
    const signature = sign([OTHER, SECRET], 'evt_1', now, Buffer.from('{}'));
    expect(signature.split(' ')).toHaveLength(2);
    expect(() => verify(SECRET, signature, 'evt_1', now, '{}')).not.toThrow();
    expect(() => verify(OTHER, signature, 'evt_1', now, '{}')).not.toThrow();
  });

  it('is the HMAC over the bytes, whatever bytes the body has', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (body) => {
        const head = Buffer.from(`evt_1.${Math.floor(now.getTime() / 1000)}.`);
        expect(sign([SECRET], 'evt_1', now, body)).toBe(hmac(SECRET, Buffer.concat([head, body])));
      }),
    );
  });

  it.each([
    ['bytes that are not UTF-8', Buffer.from([0xff, 0xfe, 0x00, 0x80])],
    ['a byte order mark', Buffer.from('\ufeff{"a":1}')],
    ['nothing', Buffer.alloc(0)],
  ])('is the HMAC over the bytes of a body with %s', (_, body) => {
    const head = Buffer.from(`evt_1.${Math.floor(now.getTime() / 1000)}.`);
    expect(sign([SECRET, OTHER], 'evt_1', now, body)).toBe(
      [SECRET, OTHER].map((secret) => hmac(secret, Buffer.concat([head, body]))).join(' '),
    );
  });
});

describe('a new signing secret', () => {
  it('is whsec_ and 24 bytes in base64, different each time', () => {
    const secret = newSigningSecret();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{32}$/);
    expect(Buffer.from(secret.slice(6), 'base64')).toHaveLength(24);
    expect(newSigningSecret()).not.toBe(secret);
  });
});
