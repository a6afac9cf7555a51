import { describe, expect, it } from 'vitest';
import { readRequest } from '../../../lambdas/http/messages';
import { httpEvent } from '../support/http-event';

/** A call whose body API Gateway has handed on as text. */
function textual(body: string, sentBytes?: number) {
  const event = httpEvent({ method: 'POST', path: '/v1/events' });
  const headers = sentBytes === undefined ? {} : { 'content-length': String(sentBytes) };
  return { ...event, headers, body, isBase64Encoded: false };
}

describe('the body of a call', () => {
  it('is the bytes that were sent, be it handed on as text or in base64', () => {
    const bytes = Buffer.from([0, 255, 128]);
    const event = { ...textual(''), body: bytes.toString('base64'), isBase64Encoded: true };
    expect(readRequest(event).body).toEqual(bytes);
    expect(readRequest(textual('\ufeff"ü"')).body).toEqual(Buffer.from('\ufeff"ü"'));
  });

  it('is empty where there is none', () => {
    const { body: _, ...event } = textual('');
    expect(readRequest(event).body).toHaveLength(0);
  });

  it('is refused where it did not survive being text', () => {
    const mangled = Buffer.from([0x22, 0xff, 0x22]).toString('utf8');
    expect(() => readRequest(textual(mangled, 3))).toThrow(/^body: is not the UTF-8/);
  });

  it('may hold replacement characters that the sender wrote, and other lengths than edited samples say', () => {
    expect(readRequest(textual('"\ufffd"', 5)).body).toHaveLength(5);
    expect(readRequest(textual('"\ufffd"')).body).toHaveLength(5);
    expect(readRequest(textual('"a"', 99)).body).toHaveLength(3);
  });
});
