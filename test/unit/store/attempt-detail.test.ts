import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AttemptDetail, packDetail, unpackDetail } from '../../../lambdas/store/deliveries/attempt-detail';

const headers = fc.dictionary(
  fc.string({ minLength: 1, unit: 'binary' }).filter((name) => name !== '__proto__'),
  fc.string({ unit: 'binary' }),
  {
    noNullPrototype: true,
  },
);
const detail: fc.Arbitrary<AttemptDetail> = fc.record({
  requestUrl: fc.webUrl(),
  requestMethod: fc.constantFrom('POST', 'PUT', 'PATCH'),
  requestHeaders: headers,
  requestBodyBytes: fc.nat(),
  responseHeaders: headers,
});

const typical: AttemptDetail = {
  requestUrl: 'https://receiver.example/hooks/orders',
  requestMethod: 'POST',
  requestHeaders: {
    'content-type': 'application/json',
    'user-agent': 'Posthorn/0.1.0',
    'webhook-id': 'evt_019cb6a1f8187abc8def012300000000',
    'webhook-timestamp': '1772600767',
    'webhook-signature': 'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
    'X-Webhook-ID': 'evt_019cb6a1f8187abc8def012300000000',
    'Idempotency-Key': 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c',
  },
  requestBodyBytes: 1024,
  responseHeaders: { 'content-type': 'application/json; charset=utf-8', connection: 'keep-alive' },
  responseBody: Buffer.from('{"ok":true}'),
};

describe('the detail of an attempt', () => {
  it('comes back as it was packed, with any bytes as its response body', () => {
    fc.assert(
      fc.property(detail, fc.option(fc.uint8Array({ maxLength: 300 }), { nil: undefined }), (rest, responseBody) => {
        const whole = responseBody === undefined ? rest : { ...rest, responseBody };
        const { responseBody: body, ...back } = unpackDetail(packDetail(whole));
        expect(back).toEqual(rest);
        expect(body && Buffer.from(body)).toEqual(responseBody && Buffer.from(responseBody));
      }),
      { numRuns: 60 },
    );
  });

  it('tells an empty response body from none at all', () => {
    const { responseBody: _, ...without } = typical;
    expect(unpackDetail(packDetail({ ...typical, responseBody: Buffer.alloc(0) })).responseBody).toHaveLength(0);
    expect(unpackDetail(packDetail(without)).responseBody).toBeUndefined();
  });

  it('can be read that was stored when the dictionary was new: it must never change', () => {
    const stored = 'wxEiRanJqZllqUV6qRWJuQU5qfogq6gbTHjScC02R5vrYEvaaLm1VkcpI7EYpAvqPwYkvwIA';
    expect(unpackDetail(Buffer.from(stored, 'base64'))).toEqual({
      requestUrl: 'https://receiver.example/hook',
      requestMethod: 'POST',
      requestHeaders: { 'content-type': 'application/json', authorization: 'Bearer ***' },
      requestBodyBytes: 7,
      responseHeaders: { server: 'nginx' },
      responseBody: Buffer.from('{"ok":true}'),
    });
  });

  it('of a typical attempt leaves most of a kilobyte to its delivery', () => {
    expect(packDetail(typical).byteLength).toBeLessThan(350);
  });
});
