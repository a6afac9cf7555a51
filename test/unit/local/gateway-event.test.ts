import { describe, expect, it } from 'vitest';
import { type ReceivedRequest, toEvent } from '../../../local/gateway/event';
import { toAnswer } from '../../../local/gateway/response';

const request = (overrides: Partial<ReceivedRequest> = {}): ReceivedRequest => ({
  method: 'POST',
  url: '/v1/things/a%20b?x=1&y=%20z&x=2',
  headers: { host: 'localhost:3000', 'user-agent': 'test', 'content-type': 'application/json' },
  body: Buffer.from('{}'),
  sourceIp: '127.0.0.1',
  port: 3000,
  ...overrides,
});

const event = (overrides: Partial<ReceivedRequest> = {}) =>
  toEvent(
    request(overrides),
    {
      target: { routeKey: 'POST /v1/things/{id}', functionName: 'f', timeoutMs: 1 },
      pathParameters: { id: 'a b' },
    },
    new Date('2026-03-02T09:08:07Z'),
  );

const body = (type: string | undefined, bytes: Buffer) => {
  const { body: text, isBase64Encoded } = event({
    headers: type === undefined ? {} : { 'content-type': type },
    body: bytes,
  });
  return { text, isBase64Encoded };
};

describe('the event of an HTTP request', () => {
  it('has the path decoded, the query raw, and repeated parameters joined', () => {
    expect(event()).toMatchObject({
      version: '2.0',
      routeKey: 'POST /v1/things/{id}',
      rawPath: '/v1/things/a b',
      rawQueryString: 'x=1&y=%20z&x=2',
      queryStringParameters: { x: '1,2', y: ' z' },
      pathParameters: { id: 'a b' },
      requestContext: {
        http: {
          method: 'POST',
          path: '/v1/things/a b',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'test',
        },
        stage: '$default',
        time: '02/Mar/2026:09:08:07 +0000',
        timeEpoch: Date.parse('2026-03-02T09:08:07Z'),
      },
    });
  });

  it('has cookies apart from the headers', () => {
    const { cookies, headers } = event({ headers: { cookie: 'a=1; b=2', accept: '*/*' } });
    expect(cookies).toEqual(['a=1', 'b=2']);
    expect(headers).not.toHaveProperty('cookie');
    expect(headers.accept).toBe('*/*');
  });

  it('leaves out what the request does not have', () => {
    const bare = event({ url: '/', body: Buffer.alloc(0) });
    expect(bare).not.toHaveProperty('queryStringParameters');
    expect(bare).not.toHaveProperty('cookies');
    expect(bare).not.toHaveProperty('body');
    expect(bare.isBase64Encoded).toBe(false);
  });

  it.each(['application/json', 'text/plain; charset=utf-8', 'application/xml', 'application/javascript'])(
    'has a body of type %s as text',
    (type) => {
      expect(body(type, Buffer.from('é'))).toEqual({ text: 'é', isBase64Encoded: false });
    },
  );

  it.each([undefined, 'application/x-www-form-urlencoded', 'application/octet-stream', 'application/vnd.x+json'])(
    'has a body of type %s as base64',
    (type) => {
      expect(body(type, Buffer.from('a=b'))).toEqual({ text: 'YT1i', isBase64Encoded: true });
    },
  );

  it('has a body that is no UTF-8 as base64, whatever its type says', () => {
    expect(body('text/plain', Buffer.from([0xff, 0xfe]))).toEqual({ text: '//4=', isBase64Encoded: true });
  });
});

describe('the answer to a function result', () => {
  it('has status, lower-case headers, cookies and decoded body', () => {
    const answer = toAnswer({
      statusCode: 201,
      headers: { 'X-A': 1 },
      cookies: ['a=1'],
      body: 'AP8=',
      isBase64Encoded: true,
    });
    expect(answer).toMatchObject({ status: 201, cookies: ['a=1'], body: Buffer.from([0, 255]) });
    expect(answer.headers).toMatchObject({ 'x-a': '1' });
  });

  it('is a 200 in JSON when the function returned anything without a status', () => {
    expect(toAnswer({ hello: 'x' })).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from('{"hello":"x"}'),
    });
  });

  it('is a 500 when the status makes no sense', () => {
    expect(toAnswer({ statusCode: 'often' })).toMatchObject({
      status: 500,
      body: Buffer.from('{"message":"Internal Server Error"}'),
    });
  });
});
