import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { freePort } from '../../local/http/free-port';
import { answer, type Behaviour, endlessBody, hang, reset } from './support/receiver';
import { useWorld } from './support/world';

const world = useWorld();

/** Sends one event to `url`; answers with the delivery after its only attempt failed, and the code of the failure. */
async function failureAt(url: string, destination: object = {}) {
  const tenant = await world().tenant();
  await tenant.routeTo(url, { destination: { ...destination } });
  const delivery = await tenant.reached(await tenant.publish(), 'failed');
  const { first } = await world().table.delivery(delivery.id);
  return { delivery, code: (first as { errorCode?: string }).errorCode };
}

const failureOf = async (behaviour: Behaviour, destination: object = {}) =>
  failureAt((await world().receiver(behaviour)).url, destination);

describe.concurrent('an attempt fails', () => {
  test.each([301, 302, 307, 308])('when the answer is the redirect %i, which is not followed', async (status) => {
    const elsewhere = await world().receiver();
    const { delivery, code } = await failureOf(answer(status, { location: elsewhere.url }));
    expect(delivery.statusCode).toBe(status);
    expect(code).toBe('http_error');
    expect(elsewhere.requests).toEqual([]);
  });

  test.each([304, 400, 401, 404, 422, 500, 503])('when the answer is %i', async (status) => {
    const { delivery, code } = await failureOf(answer(status));
    expect(delivery).toMatchObject({ status: 'failed', statusCode: status });
    expect(code).toBe('http_error');
  });

  test('with the code timeout when no answer comes in time', async () => {
    const { delivery, code } = await failureOf(hang, { timeout_ms: 1000 });
    expect(code).toBe('timeout');
    expect(delivery).toMatchObject({ statusCode: null, error: 'Connection timeout after 1000ms' });
    expect(delivery.responseHeaders).toBeNull();
  });

  test('with the code timeout when the body drips in too slowly', async () => {
    const { code } = await failureOf(endlessBody(Buffer.from('.'), 50), { timeout_ms: 1000 });
    expect(code).toBe('timeout');
  });

  test('with the code connection_error when nothing listens there', async () => {
    const { delivery, code } = await failureAt(`http://127.0.0.1:${await freePort()}/`);
    expect(code).toBe('connection_error');
    expect(delivery.error).toContain('ECONNREFUSED');
  });

  test('with the code connection_error when the connection is cut', async () => {
    expect((await failureOf(reset)).code).toBe('connection_error');
  });

  test('with the code dns_error when the name does not resolve', async () => {
    expect((await failureAt('http://receiver.invalid/')).code).toBe('dns_error');
  });

  test('with the code tls_error when the other side does not speak TLS', async () => {
    const { url } = await world().receiver();
    expect((await failureAt(url.replace('http:', 'https:'))).code).toBe('tls_error');
  });

  test('with the code response_too_large when the headers have no end', async () => {
    const headers = { 'x-padding': 'p'.repeat(20_000) };
    expect((await failureOf(answer(200, headers))).code).toBe('response_too_large');
  });

  test('with the code connection_error when the answer is no HTTP', async () => {
    const server = createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'));
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve(Number(Object(server.address()).port)));
    });
    try {
      expect((await failureAt(`http://127.0.0.1:${port}/`)).code).toBe('connection_error');
    } finally {
      server.close();
    }
  });
});

describe.concurrent('a response', () => {
  test('is cut at 10 KB, and the rest of it is not read', async () => {
    const receiver = await world().receiver(endlessBody(Buffer.alloc(4096, 'x'), 5));
    const tenant = await world().tenant();
    await tenant.routeTo(receiver.url);
    const delivery = await tenant.reached(await tenant.publish(), 'delivered');
    expect(delivery.responseBody).toBe('x'.repeat(10_240));
    expect(await receiver.requests[0]?.ended).toBe(false);
  });

  test('of any other size is recorded whole', async () => {
    const receiver = await world().receiver(answer(200, { 'content-type': 'text/plain' }, 'é'.repeat(2000)));
    const tenant = await world().tenant();
    await tenant.routeTo(receiver.url);
    const delivery = await tenant.reached(await tenant.publish(), 'delivered');
    expect(delivery.responseBody).toBe('é'.repeat(2000));
    expect(await receiver.requests[0]?.ended).toBe(true);
  });
});
