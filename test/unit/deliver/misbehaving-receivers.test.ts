import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import {
  createSend,
  type HttpAnswer,
  type OutgoingRequest,
} from '../../../lambdas/functions/deliver/transports/http/send';
import { selfSigned } from '../support/self-signed';
import { Servers } from '../support/servers';

const servers = new Servers();
afterEach(() => servers.close());

const loopback = { allowLoopback: true };
const send = createSend(loopback);
const requestTo = (url: string, changes: Partial<OutgoingRequest> = {}): OutgoingRequest => ({
  ...{ url, method: 'POST', headers: {}, body: Buffer.from('{}'), timeoutMs: 5000 },
  ...changes,
});
const codeOf = (result: HttpAnswer) => (result.kind === 'response' ? result.statusCode : result.code);

/** A server that answers every connection with the same text, whatever was asked. */
const saying = (text: string) => servers.tcp((socket) => void socket.once('data', () => socket.write(text)));

/** A server that sends the same piece again and again until the other side hangs up. */
const repeating = (head: string, piece: string, everyMs = 1) =>
  servers.tcp((socket) => {
    socket.once('data', () => {
      socket.write(head);
      const timer = setInterval(() => socket.write(piece), everyMs);
      socket.once('close', () => clearInterval(timer));
    });
  });

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

describe('a receiver that takes its time', () => {
  it.each([
    ['its status line', '', 'H'],
    ['its headers', 'HTTP/1.1 200 OK\r\n', 'x: y\r\n'],
    ['its body', 'HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n', '.'],
    ['the chunks of its body', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n', '1\r\n.\r\n'],
    ['informational answers', '', 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'],
  ])('with %s is cut off at the timeout of the whole exchange', async (_, head, piece) => {
    const url = await repeating(head, piece, 60);
    const result = await send(requestTo(url, { timeoutMs: 300 }));
    // A status line of nothing but H is no HTTP, and may be found out before the time is over.
    expect(['timeout', ...(head === '' && piece === 'H' ? ['connection_error'] : [])]).toContain(codeOf(result));
  });

  it.each([
    ['that has not begun', '', ''],
    ['that has begun', '', '.'],
    ['in HTTP/1.1', 'connection: close\r\n', '.'],
  ])('with the end of a body without a length, %s, is cut off as well', async (_, headers, piece) => {
    const version = headers === '' ? '1.0' : '1.1';
    const url = await saying(`HTTP/${version} 200 OK\r\n${headers}\r\n${piece}`);
    expect(codeOf(await send(requestTo(url, { timeoutMs: 200 })))).toBe('timeout');
  });

  it('with reading the request is cut off as well', async () => {
    const url = await servers.tcp((socket) => void socket.pause());
    const body = Buffer.alloc(16_000_000);
    expect(codeOf(await send(requestTo(url, { body, timeoutMs: 300 })))).toBe('timeout');
  });
});

describe('a body without a length', () => {
  const head = 'HTTP/1.0 200 OK\r\n\r\n';
  const ending = (text: string, end: (socket: Socket) => void) =>
    servers.tcp((socket) => void socket.once('data', () => socket.write(text, () => setTimeout(end, 50, socket))));

  it('is whole when the connection is closed in good order', async () => {
    const result = await send(requestTo(await ending(`${head}all`, (socket) => socket.end())));
    expect(result.kind === 'response' && Buffer.from(result.body).toString()).toBe('all');
  });

  it('is a connection error when the connection is reset', async () => {
    const url = await ending(`${head}half`, (socket) => socket.resetAndDestroy());
    expect(codeOf(await send(requestTo(url)))).toBe('connection_error');
  });

  it('is cut at 10 KB like any other, however it would end', async () => {
    const url = await ending(`${head}${'x'.repeat(10_240)}`, (socket) => socket.resetAndDestroy());
    const result = await send(requestTo(url));
    expect(result.kind === 'response' && result.body.byteLength).toBe(10_240);
  });
});

describe('a name that nobody resolves', () => {
  it('in time is a timeout, too', async () => {
    const silent = createSend(loopback, { lookup: (() => undefined) as never });
    expect(codeOf(await silent(requestTo('http://receiver.example/', { timeoutMs: 300 })))).toBe('timeout');
  });
});

describe('a receiver that says too much', () => {
  it('in its headers is response_too_large, whether in one line or in many', async () => {
    const many = Array.from({ length: 4000 }, (_, n) => `x-${n}: y\r\n`).join('');
    expect(codeOf(await send(requestTo(await saying(`HTTP/1.1 200 OK\r\n${many}\r\n`))))).toBe('response_too_large');
    const endless = await repeating('HTTP/1.1 200 OK\r\n', `x: ${'y'.repeat(1000)}\r\n`);
    expect(codeOf(await send(requestTo(endless)))).toBe('response_too_large');
  });

  it('in its trailers cannot fill the memory', async () => {
    const head = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\n.\r\n0\r\n';
    const url = await repeating(head, `x: ${'y'.repeat(1000)}\r\n`);
    expect(['response_too_large', 'connection_error']).toContain(codeOf(await send(requestTo(url))));
  });

  it('behind its answer is not heard, and the next request gets an answer of its own', async () => {
    const url = await saying(`${OK}HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n`);
    expect(codeOf(await send(requestTo(url)))).toBe(200);
    expect(codeOf(await send(requestTo(url)))).toBe(200);
    const garbage = await saying(`${OK}\u0000\u0001 garbage`);
    expect(codeOf(await send(requestTo(garbage)))).toBe(200);
    expect(codeOf(await send(requestTo(garbage)))).toBe(200);
    const empty = await saying('HTTP/1.1 204 No Content\r\n\r\n\u0000 garbage');
    expect(codeOf(await send(requestTo(empty)))).toBe(204);
  });

  it('before its answer is passed over: informational answers are none', async () => {
    const hints = 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'.repeat(20);
    expect(codeOf(await send(requestTo(await saying(`${hints}${OK}`))))).toBe(200);
    expect(codeOf(await send(requestTo(await saying(`HTTP/1.1 100 Continue\r\n\r\n${OK}`))))).not.toBe(100);
  });

  it('by wanting another protocol is a connection error', async () => {
    const upgrade = 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: smtp\r\n\r\n';
    expect(codeOf(await send(requestTo(await saying(upgrade))))).toBe('connection_error');
  });

  it('with names that objects have by themselves is recorded like any other', async () => {
    const names = ['constructor', '__proto__', 'hasownproperty', 'tostring'];
    const headers = names.map((name) => `${name}: one\r\n${name}: two\r\n`).join('');
    const result = await send(requestTo(await saying(`HTTP/1.1 200 OK\r\ncontent-length: 0\r\n${headers}\r\n`)));
    expect(result.kind === 'response' && Object.keys(result.headers).sort()).toEqual(
      ['content-length', ...names].sort(),
    );
  });

  it.each([
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nok'],
    ['a length and chunks', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\nok'],
    ['a negative length', 'HTTP/1.1 200 OK\r\ncontent-length: -2\r\n\r\nok'],
    ['a status that is none', 'HTTP/1.1 9999 What\r\ncontent-length: 2\r\n\r\nok'],
  ])('by contradicting itself with %s ends in a result, not in an exception', async (_, text) => {
    expect(codeOf(await send(requestTo(await saying(text), { timeoutMs: 500 })))).toMatch(/connection_error|timeout/);
  });
});

describe('a receiver whose certificate', () => {
  const answered = async (name: string, validFor?: readonly [number, number]) => {
    const certificate = await selfSigned(name, validFor);
    const url = await servers.https((_, response) => void response.end(), certificate);
    const trusting = createSend(loopback, { authorities: certificate.cert });
    return codeOf(await trusting(requestTo(url.replace('127.0.0.1', 'localhost'))));
  };

  it('is valid, for its name and vouched for, is delivered to', async () => {
    expect(await answered('localhost')).toBe(200);
  });

  it('is for another name is a TLS error', async () => {
    expect(await answered('receiver.example')).toBe('tls_error');
  });

  it('has expired is a TLS error', async () => {
    expect(await answered('localhost', [-9, -2])).toBe('tls_error');
  });

  it('is not valid yet is a TLS error', async () => {
    expect(await answered('localhost', [2, 9])).toBe('tls_error');
  });

  it('vouches for itself is a TLS error', async () => {
    const url = await servers.https((_, response) => void response.end());
    expect(codeOf(await send(requestTo(url.replace('127.0.0.1', 'localhost'))))).toBe('tls_error');
  });
});

describe('a header of the request', () => {
  it.each([
    ['a value with a line break', { 'x-a': 'one\r\nx-b: two' }],
    ['a value with a line feed', { 'x-a': 'one\nx-b: two' }],
    ['a value with a null byte', { 'x-a': 'one\u0000' }],
    ['a value beyond latin-1', { 'x-a': 'one\u010a\u010d' }],
    ['a name with a line break', { 'x-a: one\r\nx-b': 'two' }],
    ['a name with a colon', { 'x-a:': 'one' }],
  ])('that has %s is not sent', async (_, headers) => {
    let requests = 0;
    const url = await servers.http((_request, response) => {
      requests += 1;
      response.end();
    });
    expect(codeOf(await send(requestTo(url, { headers })))).toBe('connection_error');
    expect(requests).toBe(0);
  });
});

describe('a connection', () => {
  it('is used for one request after the other', async () => {
    const { url, sockets } = await counting();
    const clocked = createSend(loopback, {}, () => 0);
    for (let n = 0; n < 20; n += 1) await clocked(requestTo(url));
    expect(sockets()).toBeLessThan(5);
  });

  it('that was idle for too long by the clock on the wall is not used again, though no timer has run', async () => {
    const { url, sockets } = await counting();
    let now = 0;
    const clocked = createSend(loopback, {}, () => now);
    await clocked(requestTo(url));
    now += 600_000;
    expect(codeOf(await clocked(requestTo(url)))).toBe(200);
    expect(sockets()).toBe(2);
  });

  it('that its receiver gave up while the instance was frozen costs no attempt', async () => {
    const sockets: Socket[] = [];
    const url = await servers.tcp((socket) => {
      const stale = sockets.length > 0 ? undefined : socket;
      sockets.push(socket);
      // The first connection takes one request; a second one on it is reset, as a receiver does that forgot about it.
      socket.on('data', () => {
        if (stale && socket.bytesWritten > 0) socket.resetAndDestroy();
        else socket.write(OK);
      });
    });
    let now = 0;
    const clocked = createSend(loopback, {}, () => now);
    expect(codeOf(await clocked(requestTo(url)))).toBe(200);
    now += 60_000;
    expect(codeOf(await clocked(requestTo(url)))).toBe(200);
  });

  it('to one receiver stays while that to another is given up', async () => {
    const [busy, quiet] = [await counting(), await counting()];
    let now = 0;
    const clocked = createSend(loopback, {}, () => now);
    await clocked(requestTo(quiet.url));
    for (let n = 0; n < 5; n += 1) {
      await clocked(requestTo(busy.url));
      await sleep(20);
      now += 3000;
    }
    await clocked(requestTo(quiet.url));
    expect(quiet.sockets()).toBe(2);
    expect(busy.sockets()).toBeLessThan(3);
  });
});

async function counting() {
  const seen = new Set<Socket>();
  const url = await servers.http((request, response) => {
    seen.add(request.socket);
    request.resume().once('end', () => response.end('ok'));
  });
  return { url, sockets: () => seen.size };
}
