import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import {
  createSend,
  type HttpAnswer,
  type OutgoingRequest,
} from '../../../lambdas/functions/deliver/transports/http/send';
import { Servers } from '../support/servers';

const servers = new Servers();
afterEach(() => servers.close());

const send = createSend({ allowLoopback: true });
const requestTo = (url: string, changes: Partial<OutgoingRequest> = {}): OutgoingRequest => ({
  ...{ url, method: 'POST', headers: { 'content-type': 'application/json' } },
  ...{ body: Buffer.from('{"a":1}'), timeoutMs: 5000 },
  ...changes,
});
const codeOf = (result: HttpAnswer) => (result.kind === 'response' ? result.statusCode : result.code);

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}

describe('a request that is answered', () => {
  it.each([200, 204, 301, 404, 410, 500, 503])('resolves to its status %i', async (status) => {
    const url = await servers.http((_, response) => void response.writeHead(status).end());
    expect(codeOf(await send(requestTo(url)))).toBe(status);
  });

  it('arrives byte for byte, with its method, path and headers', async () => {
    const body = Buffer.from([0, 255, 254, 10, 13, 128]);
    let seen: unknown;
    const url = await servers.http(async (request, response) => {
      seen = { body: await bytesOf(request), method: request.method, path: request.url, own: request.headers['x-own'] };
      response.end();
    });
    await send(requestTo(`${url}/hook?a=%20b`, { body, method: 'PUT', headers: { 'x-own': 'yes' } }));
    expect(seen).toEqual({ body, method: 'PUT', path: '/hook?a=%20b', own: 'yes' });
  });

  it('keeps headers and body of the answer', async () => {
    const url = await servers.http((_, response) => {
      response.writeHead(
        429,
        [
          ['retry-after', '7'],
          ['set-cookie', 'a=1'],
          ['set-cookie', 'b=2'],
        ].flat(),
      );
      response.end('slow down');
    });
    const result = await send(requestTo(url));
    expect(result).toMatchObject({ headers: { 'retry-after': '7', 'set-cookie': 'a=1, b=2' } });
    expect(result.kind === 'response' && Buffer.from(result.body).toString()).toBe('slow down');
  });

  it('does not follow a redirect', async () => {
    const paths: (string | undefined)[] = [];
    const url = await servers.http((request, response) => {
      paths.push(request.url);
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    expect(codeOf(await send(requestTo(url)))).toBe(307);
    expect(paths).toEqual(['/']);
  });

  it('cuts the body of the answer at 10 KB and hangs up on the rest, however long that is', async () => {
    let hungUp: Promise<unknown> | undefined;
    const url = await servers.http((_, response) => {
      hungUp = once(response, 'close');
      const chunk = Buffer.alloc(4096, 'x');
      const write = (): void => {
        if (response.destroyed) return;
        response.write(chunk);
        setImmediate(write);
      };
      write();
    });
    const result = await send(requestTo(url));
    expect(result.kind === 'response' && result.body.byteLength).toBe(10_240);
    await hungUp;
  });

  it('keeps a body of exactly 10 KB whole', async () => {
    const url = await servers.http((_, response) => void response.end(Buffer.alloc(10_240, 'x')));
    const result = await send(requestTo(url));
    expect(result.kind === 'response' && result.body.byteLength).toBe(10_240);
  });

  it('uses the connections of the requests before it', async () => {
    const ports: (number | undefined)[] = [];
    const url = await servers.http(async (request, response) => {
      await bytesOf(request);
      ports.push(request.socket.remotePort);
      response.end('ok');
    });
    for (let n = 0; n < 10; n += 1) await send(requestTo(url));
    expect(ports).toHaveLength(10);
    // A connection is free again a moment after its answer was read; until then a second one may be opened.
    expect(new Set(ports).size).toBeLessThanOrEqual(2);
  });
});

describe('a request that is not answered', () => {
  it('is a timeout when no answer begins', async () => {
    const url = await servers.http(() => undefined);
    expect(codeOf(await send(requestTo(url, { timeoutMs: 100 })))).toBe('timeout');
  });

  it('is a timeout when the answer begins but does not end', async () => {
    const url = await servers.http((_, response) => {
      response.writeHead(200);
      response.write('begun');
    });
    expect(codeOf(await send(requestTo(url, { timeoutMs: 150 })))).toBe('timeout');
  });

  it.each([
    ['is reset at once', (socket: import('node:net').Socket) => void socket.resetAndDestroy()],
    ['is closed at once', (socket: import('node:net').Socket) => void socket.destroy()],
    [
      'is reset when the request has come',
      (socket: import('node:net').Socket) => void socket.once('data', () => socket.resetAndDestroy()),
    ],
    [
      'is answered with something else than HTTP',
      (socket: import('node:net').Socket) => void socket.end('hello\r\n\r\n'),
    ],
  ])('is a connection error when the connection %s', async (_, listener) => {
    expect(codeOf(await send(requestTo(await servers.tcp(listener))))).toBe('connection_error');
  });

  it('is a connection error when the answer breaks off', async () => {
    const url = await servers.tcp((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf'));
    });
    expect(codeOf(await send(requestTo(url)))).toBe('connection_error');
  });

  it('is a connection error when nobody listens', async () => {
    const url = await servers.http(() => undefined);
    await servers.close();
    expect(codeOf(await send(requestTo(url)))).toBe('connection_error');
  });

  it('is a TLS error when nobody vouches for the certificate', async () => {
    const url = await servers.https((_, response) => void response.end());
    expect(codeOf(await send(requestTo(url)))).toBe('tls_error');
  });

  it('is a TLS error when the other side speaks plain HTTP', async () => {
    const url = await servers.http((_, response) => void response.end());
    expect(codeOf(await send(requestTo(url.replace('http:', 'https:'))))).toBe('tls_error');
  });

  it('is a DNS error when the name does not exist', async () => {
    expect(codeOf(await send(requestTo('http://no-such-host.invalid/', { timeoutMs: 20_000 })))).toBe('dns_error');
  });

  it('is response_too_large when the headers of the answer are', async () => {
    const url = await servers.tcp((socket) => {
      socket.once('data', () => socket.end(`HTTP/1.1 200 OK\r\nx-large: ${'x'.repeat(40_000)}\r\n\r\n`));
    });
    expect(codeOf(await send(requestTo(url)))).toBe('response_too_large');
  });

  it('says nothing of what was sent', async () => {
    const url = await servers.tcp((socket) => void socket.destroy());
    const result = await send(requestTo(url, { headers: { authorization: 'Bearer hunter2' } }));
    expect(JSON.stringify(result)).not.toContain('hunter2');
  });
});

describe('an address that is not public', () => {
  const strict = createSend({ allowLoopback: false });

  it('is not connected to, whether it is written in the URL or found by its name', async () => {
    let connections = 0;
    const url = await servers.tcp(() => {
      connections += 1;
    });
    const port = new URL(url).port;
    for (const host of [
      '127.0.0.1',
      'localhost',
      '127.1',
      '0x7f000001',
      '2130706433',
      '[::1]',
      '[::ffff:7f00:1]',
      '0.0.0.0',
    ]) {
      expect([host, codeOf(await strict(requestTo(`http://${host}:${port}/`)))]).toEqual([host, 'address_blocked']);
    }
    expect(connections).toBe(0);
  });

  it.each(['http://169.254.169.254/latest/meta-data/', 'https://10.0.0.1/', 'http://[fd00:ec2::254]/'])(
    'is refused even where loopback is allowed: %s',
    async (url) => {
      expect(codeOf(await send(requestTo(url)))).toBe('address_blocked');
    },
  );
});
