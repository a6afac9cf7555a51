import type { LookupAddress } from 'node:dns';
import { isIPv6 } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { urlProblem } from '../../../lambdas/domain/target-url';
import type { Network } from '../../../lambdas/functions/deliver/transports/http/guarded-connector';
import { createSend } from '../../../lambdas/functions/deliver/transports/http/send';
import { ALLOWED_TARGETS, FORBIDDEN_ANSWERS, FORBIDDEN_TARGETS } from '../../corpus/targets';
import { Servers } from '../support/servers';

const servers = new Servers();
afterEach(() => servers.close());

const rules = { allowPlainHttp: true, allowLoopback: false };
const requestTo = (url: string) => ({ url, method: 'POST' as const, headers: {}, body: Buffer.of(1), timeoutMs: 2000 });

/** A resolver that gives one answer after the other, the last of them ever after, and counts the questions. */
function resolver(...answers: readonly (readonly string[])[]) {
  let asked = 0;
  const lookup = (_name: string, _options: object, callback: (error: null, all: LookupAddress[]) => void) => {
    const answer = answers[Math.min(asked, answers.length - 1)] ?? [];
    asked += 1;
    callback(
      null,
      answer.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 })),
    );
  };
  return { lookup: lookup as Network['lookup'], asked: () => asked };
}

describe('the corpus of forbidden targets', () => {
  it('has more than sixty, each once', () => {
    const urls = FORBIDDEN_TARGETS.map(([url]) => url);
    expect(urls.length).toBeGreaterThan(60);
    expect(new Set(urls).size).toBe(urls.length);
  });

  it.each(FORBIDDEN_TARGETS)('%j is refused when it is saved: %s', (url) => {
    expect(urlProblem(url, rules)).toBeTypeOf('string');
  });

  it.each(FORBIDDEN_TARGETS)(
    '%j is refused when it is to be connected to, and no name is looked up: %s',
    async (url) => {
      const { lookup, asked } = resolver(['8.8.8.8']);
      expect(await createSend(rules, { lookup })(requestTo(url))).toMatchObject({ code: 'address_blocked' });
      expect(asked()).toBe(0);
    },
  );

  it.each(ALLOWED_TARGETS)('%j is none of them: %s', (url) => {
    expect(urlProblem(url, rules)).toBeUndefined();
  });
});

describe('a name', () => {
  it.each(FORBIDDEN_ANSWERS.map((answer) => [answer]))('is not connected to when it resolves to %j', async (answer) => {
    const send = createSend(rules, resolver(answer));
    expect(await send(requestTo('http://receiver.example/'))).toMatchObject({ code: 'address_blocked' });
  });

  // Loopback stands for the public address here: it is the only one that a test can answer at.
  it('is refused when it is rebound from an allowed address to a private one', async () => {
    let answered = 0;
    const url = await servers.http((_, response) => {
      answered += 1;
      response.setHeader('connection', 'close').end();
    });
    const { lookup, asked } = resolver(['127.0.0.1'], ['10.0.0.1']);
    const send = createSend({ allowLoopback: true }, { lookup });
    const outgoing = requestTo(url.replace('127.0.0.1', 'rebinding.example'));
    expect(await send(outgoing)).toMatchObject({ statusCode: 200 });
    expect(await send(outgoing)).toMatchObject({ code: 'address_blocked' });
    expect([asked(), answered]).toEqual([2, 1]);
  });

  it('is looked up once for a connection, so that there is no second answer to be cheated by', async () => {
    const url = await servers.http((_, response) => void response.end());
    const { lookup, asked } = resolver(['127.0.0.1'], ['10.0.0.1']);
    const send = createSend({ allowLoopback: true }, { lookup });
    const outgoing = requestTo(url.replace('127.0.0.1', 'receiver.example'));
    expect(await send(outgoing)).toMatchObject({ statusCode: 200 });
    expect(asked()).toBe(1);
  });

  it('with one public address among others is connected to at that one only', async () => {
    const seen: string[] = [];
    const url = await servers.http((request, response) => {
      seen.push(request.socket.localAddress ?? '');
      response.end();
    });
    const send = createSend({ allowLoopback: true }, resolver(['10.0.0.1', '127.0.0.1', 'fe80::1']));
    expect(await send(requestTo(url.replace('127.0.0.1', 'receiver.example')))).toMatchObject({ statusCode: 200 });
    expect(seen).toEqual(['127.0.0.1']);
  });
});
