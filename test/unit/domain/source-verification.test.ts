import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { sign } from '../../../lambdas/domain/signature';
import {
  PRESETS,
  type SignatureEncoding,
  type Verification,
  type VerificationType,
  verifySignature,
} from '../../../lambdas/domain/source-verification';
import { NOW, SECRET } from '../support/records';

const preset = (type: Exclude<VerificationType, 'hmac-sha256'>, ...secrets: string[]): Verification => {
  const { header, encoding, prefix } = PRESETS[type];
  return { type, header, encoding, prefix, toleranceSeconds: 300, secrets };
};
const seconds = Math.floor(NOW / 1000);
const verify = (verification: Verification, headers: Record<string, string>, body: string | Uint8Array, now = NOW) =>
  verifySignature(verification, { headers, body: Buffer.from(body) }, now);

describe('a signature of GitHub', () => {
  const github = preset('github', "It's a Secret to Everybody");
  const documented = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';

  it('is the one that its documentation shows', () => {
    expect(verify(github, { 'x-hub-signature-256': documented }, 'Hello, World!')).toBe('verified');
  });

  it.each<[string, Record<string, string>, string]>([
    ['another body', { 'x-hub-signature-256': documented }, 'Hello, World'],
    ['another signature', { 'x-hub-signature-256': documented.replace('7571', '7572') }, 'Hello, World!'],
  ])('is wrong with %s', (_, headers, body) => {
    expect(verify(github, headers, body)).toBe('wrong');
  });

  it.each<[string, Record<string, string>]>([
    ['nothing', {}],
    ['an empty header', { 'x-hub-signature-256': '' }],
    ['the wrong algorithm', { 'x-hub-signature-256': documented.replace('sha256', 'sha1') }],
    ['no prefix', { 'x-hub-signature-256': documented.slice(7) }],
    ['too few digits', { 'x-hub-signature-256': documented.slice(0, -1) }],
    ['digits that are none', { 'x-hub-signature-256': `sha256=${'g'.repeat(64)}` }],
  ])('is missing with %s', (_, headers) => {
    expect(verify(github, headers, 'Hello, World!')).toBe('missing');
  });
});

describe('a signature of Stripe', () => {
  const secret = 'whsec_test_secret';
  const payload = JSON.stringify({ id: 'evt_test', object: 'event' });
  const stripe = new Stripe('sk_test_x');
  const made = (timestamp: number, own = secret) =>
    stripe.webhooks.generateTestHeaderString({ payload, secret: own, timestamp });

  it('is what its own library makes, and what that library accepts', () => {
    const header = made(seconds);
    expect(verify(preset('stripe', secret), { 'stripe-signature': header }, payload)).toBe('verified');
    expect(stripe.webhooks.constructEvent(payload, header, secret, 1e12)).toMatchObject({ id: 'evt_test' });
  });

  it.each([
    [-300, 'verified'],
    [300, 'verified'],
    [-301, 'stale'],
    [301, 'stale'],
  ])('made %i seconds from now is %s', (offset, result) => {
    const headers = { 'stripe-signature': made(seconds + offset) };
    expect(verify(preset('stripe', secret), headers, payload, seconds * 1000)).toBe(result);
  });

  it('cannot be given another time', () => {
    const header = made(seconds - 4_000).replace(/t=\d+/, `t=${seconds}`);
    expect(verify(preset('stripe', secret), { 'stripe-signature': header }, payload)).toBe('wrong');
  });

  it('may be one of several, as while a secret is being rolled', () => {
    const [, second = ''] = made(seconds, 'whsec_other').split(',v1=');
    const header = `${made(seconds)},v1=${second},v0=${'0'.repeat(64)}`;
    for (const own of [secret, 'whsec_other'])
      expect(verify(preset('stripe', own), { 'stripe-signature': header }, payload)).toBe('verified');
    expect(verify(preset('stripe', 'whsec_third'), { 'stripe-signature': header }, payload)).toBe('wrong');
  });

  it('is missing without a time', () => {
    const header = made(seconds).replace(/t=\d+,/, '');
    expect(verify(preset('stripe', secret), { 'stripe-signature': header }, payload)).toBe('missing');
  });
});

describe('a signature of Standard Webhooks', () => {
  const standard = preset('standard', SECRET);
  const headersOf = (signature: string) => ({
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(seconds),
    'webhook-signature': signature,
  });

  it('is what the reference library makes', () => {
    const signature = new Webhook(SECRET).sign('msg_1', new Date(NOW), '{"a": "ü"}');
    expect(verify(standard, headersOf(signature), '{"a": "ü"}')).toBe('verified');
    expect(verify(preset('standard', SECRET.slice(6)), headersOf(signature), '{"a": "ü"}')).toBe('verified');
    expect(verify(standard, { ...headersOf(signature), 'webhook-id': 'msg_2' }, '{"a": "ü"}')).toBe('wrong');
  });

  it('covers the bytes of a body that is no text', () => {
    const body = Buffer.from([0, 255, 254, 128]);
    const signature = sign([SECRET], 'msg_1', new Date(NOW), body);
    expect(verify(standard, headersOf(signature), body)).toBe('verified');
    expect(verify(standard, headersOf(signature), Buffer.from([0, 255, 254, 129]))).toBe('wrong');
  });

  it('may be one of several, of which other versions are passed over', () => {
    const [good, other] = ['one', 'two'].map((name) => {
      const secret = Buffer.from(name.repeat(8)).toString('base64');
      return { secret, signature: new Webhook(secret).sign('msg_1', new Date(NOW), 'x') };
    });
    const headers = headersOf(`v1a,abc ${other?.signature} ${good?.signature}`);
    expect(verify(preset('standard', good?.secret ?? ''), headers, 'x')).toBe('verified');
  });

  it('is stale once its time is over', () => {
    const headers = headersOf(new Webhook(SECRET).sign('msg_1', new Date(NOW), 'x'));
    expect(verify(standard, headers, 'x', NOW + 302_000)).toBe('stale');
    expect(verify({ ...standard, toleranceSeconds: 600 }, headers, 'x', NOW + 302_000)).toBe('verified');
  });
});

describe('a signature of Slack', () => {
  it('is the one that its documentation shows', () => {
    const body =
      'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
    const headers = {
      'x-slack-request-timestamp': '1531420618',
      'x-slack-signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    };
    const slack = preset('slack', '8f742231b10e8888abcd99yyyzzz85a5');
    expect(verify(slack, headers, body, 1_531_420_618_000)).toBe('verified');
    expect(verify(slack, headers, body)).toBe('stale');
  });
});

describe('an HMAC in a named header', () => {
  const body = Buffer.from([1, 2, 255]);
  const digest = (encoding: SignatureEncoding) => createHmac('sha256', 'a secret').update(body).digest(encoding);
  const own = (encoding: SignatureEncoding, prefix: string): Verification => {
    return { type: 'hmac-sha256', header: 'x-sig', encoding, prefix, toleranceSeconds: 300, secrets: ['a secret'] };
  };

  it.each<[SignatureEncoding, string]>([
    ['hex', ''],
    ['hex', 'sha256='],
    ['base64', ''],
    ['base64', 'v1='],
    ['base64url', 'v1,'.slice(0, 2)],
  ])('is read in %s after "%s"', (encoding, prefix) => {
    expect(verify(own(encoding, prefix), { 'x-sig': `${prefix}${digest(encoding)}` }, body)).toBe('verified');
    expect(verify(own(encoding, prefix), { 'x-sig': `${prefix}${digest(encoding)}` }, 'x')).toBe('wrong');
  });

  it('is read in capitals, with and without padding', () => {
    expect(verify(own('hex', ''), { 'x-sig': digest('hex').toUpperCase() }, body)).toBe('verified');
    expect(verify(own('base64', ''), { 'x-sig': digest('base64').replace('=', '') }, body)).toBe('verified');
  });

  it('is good under any secret that the source knows', () => {
    const rotating = { ...own('hex', ''), secrets: ['newer secret', 'a secret'] };
    expect(verify(rotating, { 'x-sig': digest('hex') }, body)).toBe('verified');
  });
});
