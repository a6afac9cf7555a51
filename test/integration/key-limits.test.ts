import { describe, expect, test } from 'vitest';
import { Api } from './support/api';
import { eventually } from './support/eventually';
import { useOwnWorld } from './support/world';

const world = useOwnWorld();

const limited = async (perSecond: number, burst: number) => {
  const tenant = await world().tenant();
  const { secret } = await world().key({ ...tenant.names, rateLimit: { perSecond, burst } });
  return { tenant, api: new Api(world().stack.apiUrl, secret) };
};

describe.concurrent('the limit of a key', () => {
  test('is one for all functions, and is told in the words of each surface', async () => {
    const { tenant, api } = await limited(1, 3);
    const source = await tenant.createSource();
    const calls: readonly (readonly [string, string])[] = [
      ['GET', '/v1/sources'],
      ['GET', '/api/deliveries'],
      ['POST', '/v1/events'],
      ['GET', '/v1/delivery-attempts'],
      ['GET', '/v1/delivery/items'],
      ['GET', `/api/organizations/${tenant.names.organization}/deliveries`],
    ];
    const refusals = await eventually('a refusal of each', async () => {
      const answers = await Promise.all(calls.map(([method, path]) => api.call(method, path)));
      return answers.every(({ status }) => status === 429) && answers;
    });
    const [manage, hookbase, ingest, hookstream, items, relay] = refusals;
    const message = expect.stringContaining('Too many requests');
    for (const { headers } of refusals) expect(headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    expect(manage?.body).toEqual({ error: message, code: 'RATE_LIMITED' });
    expect(ingest?.body).toEqual({ error: message, code: 'RATE_LIMITED' });
    expect(hookstream?.body).toEqual({ error: message, code: 'RATE_LIMITED' });
    expect(items?.body).toEqual({ error: 'rate_limited', message });
    for (const answer of [hookbase, relay])
      expect(answer?.body).toEqual({ error: 'Too Many Requests', message, code: 'RATE_LIMITED' });
    // The address of a source takes no key, so no key's limit either.
    expect((await api.call('POST', `/v1/ingest/${source}`, { raw: '{}' })).status).toBe(202);
    expect((await tenant.api.call('GET', '/v1/sources')).status).toBe(200);
  });

  test('counts the calls of its sessions', async () => {
    const { api } = await limited(1, 2);
    const { headers } = await api.call('POST', '/v1/session');
    const [cookie = ''] = (headers.get('set-cookie') ?? '').split(';');
    const session = new Api(world().stack.apiUrl);
    const status = async () => (await session.call('GET', '/v1/session', { headers: { cookie } })).status;
    await eventually('a refusal', async () => (await status()) === 429);
    await eventually('a refusal', async () => (await api.call('GET', '/v1/session')).status === 429);
  });

  test('admits again after the time that a refusal names', async () => {
    const { api } = await limited(1, 1);
    const refusal = await eventually('a refusal', async () => {
      const answer = await api.call('GET', '/v1/session');
      return answer.status === 429 && answer;
    });
    await new Promise((resolve) => setTimeout(resolve, Number(refusal.headers.get('retry-after')) * 1000));
    expect((await api.call('GET', '/v1/session')).status).toBe(200);
  });

  test('lets a flood through no faster than it says', async () => {
    const { api } = await limited(2, 5);
    const started = Date.now();
    const answers = await Promise.all(Array.from({ length: 120 }, () => api.call('GET', '/v1/session')));
    const admitted = answers.filter(({ status }) => status === 200).length;
    expect(admitted).toBeGreaterThanOrEqual(5);
    expect(admitted).toBeLessThanOrEqual(5 + Math.ceil((2 * (Date.now() - started)) / 1000));
    expect(answers.every(({ status }) => status === 200 || status === 429)).toBe(true);
  });
});

test('a key far below its limit is never refused, though instances die with what they leased', async () => {
  const tenant = await world().tenant();
  const { secret } = await world().key({ ...tenant.names, rateLimit: { perSecond: 10_000, burst: 10_000 } });
  const statuses: number[] = [];
  const request = {
    method: 'POST',
    headers: { 'x-api-key': secret, 'content-type': 'application/json' },
    body: JSON.stringify({ type: 'order.created', payload: {} }),
  };
  let publishing = true;
  const publish = async () => {
    // Not by the tenant's client: whose instance dies gets an answer that is not documented.
    while (publishing) {
      const response = await fetch(`${world().stack.apiUrl}/v1/events`, request);
      await response.text();
      statuses.push(response.status);
    }
  };
  const publishers = Array.from({ length: 20 }, publish);
  for (let deaths = 1; deaths <= 4; deaths += 1) {
    await eventually('some answers', () => statuses.length >= 400 * deaths);
    await world().stack.killWorkers('ingest');
  }
  await eventually('some more answers', () => statuses.length >= 2_000);
  publishing = false;
  await Promise.all(publishers);
  expect(statuses.filter((status) => status === 202).length).toBeGreaterThan(1_800);
  expect(statuses).not.toContain(429);
});
