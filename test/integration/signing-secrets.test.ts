import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { SHORTEST_OVERLAP_SECONDS } from '../../lambdas/domain/signing-secrets';
import { destinationKey } from '../../lambdas/store/table/addresses';
import { eventually } from './support/eventually';
import type { ReceivedRequest, Receiver } from './support/receiver';
import type { Tenant } from './support/tenant';
import { useWorld } from './support/world';

const world = useWorld();

const rotation = z.object({
  destination: z.object({ id: z.string(), signing_secret: z.string() }),
  previous_secrets_until: z.string(),
});

const rotate = async (tenant: Tenant, id: string, json?: object) => {
  const call = json && { json };
  const answer = await tenant.api.ok(rotation, 'POST', `/v1/destinations/${id}/rotate-secret`, call);
  return { secret: answer.destination.signing_secret, until: answer.previous_secrets_until };
};

/** The request of an event that is published now, and after the sender has surely seen the destination's last change. */
async function nextRequest(tenant: Tenant, receiver: Receiver, secret: string): Promise<ReceivedRequest> {
  return eventually('a request that is signed by the newest secret', async () => {
    const before = receiver.requests.length;
    await tenant.publish();
    await eventually('a request', () => receiver.requests.length > before);
    const last = receiver.requests.at(-1);
    return last && isSignedBy(secret, last) ? last : undefined;
  });
}

function isSignedBy(secret: string, { body, headers }: ReceivedRequest): boolean {
  const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];
  try {
    new Webhook(secret).verify(
      body.toString('utf8'),
      Object.fromEntries(names.map((name) => [name, String(headers[name])])),
    );
    return true;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return false;
    throw error;
  }
}

const signatures = ({ headers }: ReceivedRequest) => String(headers['webhook-signature']).split(' ');

async function destination() {
  const [tenant, receiver] = [await world().tenant(), await world().receiver()];
  const { destinationId: id, signingSecret: first } = await tenant.routeTo(receiver.url);
  const stored = () => world().table.get(destinationKey(tenant.environment, id));
  return { tenant, receiver, id, first, stored };
}

describe.concurrent('rotating a signing secret', () => {
  test('signs by both secrets for a day unless another overlap is chosen', async () => {
    const { tenant, receiver, id, first } = await destination();
    const { secret, until } = await rotate(tenant, id);
    expect(secret).not.toBe(first);
    const hours = (Date.parse(until) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(23);
    expect(hours).toBeLessThan(25);
    const request = await nextRequest(tenant, receiver, secret);
    expect(signatures(request)).toHaveLength(2);
    expect(isSignedBy(first, request)).toBe(true);
  });

  test('ends the old secret when the overlap ends, and the next change takes it out of the table', async () => {
    const { tenant, receiver, id, first, stored } = await destination();
    const { secret, until } = await rotate(tenant, id, { overlap_seconds: 12 });
    await new Promise((resolve) => setTimeout(resolve, Date.parse(until) - Date.now()));
    const request = await nextRequest(tenant, receiver, secret);
    expect(signatures(request)).toHaveLength(1);
    expect(isSignedBy(first, request)).toBe(false);
    expect(await stored()).toMatchObject({ retiringSecrets: [{ secret: first }] });
    expect((await tenant.api.call('PATCH', `/v1/destinations/${id}`, { json: { name: 'Depot' } })).status).toBe(200);
    expect(JSON.stringify(await stored())).not.toContain(first);
    expect(await stored()).toMatchObject({ signingSecrets: [secret], name: 'Depot' });
  });

  test('without an overlap signs by the old secret until the end that the answer names, and by the new one alone after it', async () => {
    const { tenant, receiver, id, first, stored } = await destination();
    const second = await rotate(tenant, id, { overlap_seconds: 3600 });
    await nextRequest(tenant, receiver, second.secret);
    const before = receiver.requests.length;
    const { secret, until } = await rotate(tenant, id, { overlap_seconds: 0 });
    expect(JSON.stringify(await stored())).not.toContain(first);
    const end = Date.parse(until);
    expect(end - Date.now()).toBeLessThanOrEqual(SHORTEST_OVERLAP_SECONDS * 1000);
    while (Date.now() < end + 3000) {
      await tenant.publish();
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    await nextRequest(tenant, receiver, secret);
    for (const request of receiver.requests.slice(before)) {
      // Signed between this moment and a second later.
      const from = Number(request.headers['webhook-timestamp']) * 1000;
      if (from + 1000 <= end) expect(isSignedBy(second.secret, request)).toBe(true);
      if (from >= end) expect(signatures(request)).toHaveLength(1);
      if (from >= end) expect(isSignedBy(secret, request)).toBe(true);
    }
  });

  test('again and again keeps every secret for as long as it was promised, four of them at most', async () => {
    const { tenant, id } = await destination();
    for (let n = 0; n < 4; n += 1) await rotate(tenant, id, { overlap_seconds: 3600 });
    const path = `/v1/destinations/${id}/rotate-secret`;
    expect(await tenant.api.call('POST', path, { json: { overlap_seconds: 60 } })).toMatchObject({
      status: 409,
      body: { code: 'INVALID_STATE' },
    });
    expect((await rotate(tenant, id, { overlap_seconds: 0 })).secret).toMatch(/^whsec_/);
  });

  test('by several callers at once gives each secret that is answered its place, and refuses the others', async () => {
    const { tenant, id, stored } = await destination();
    const path = `/v1/destinations/${id}/rotate-secret`;
    const answers = await Promise.all(Array.from({ length: 4 }, () => tenant.api.call('POST', path)));
    expect(answers.map(({ status }) => status).filter((status) => status !== 200 && status !== 409)).toEqual([]);
    const item = JSON.stringify(await stored());
    const given = answers.filter(({ status }) => status === 200).map(({ body }) => rotation.parse(body).destination);
    expect(given.length).toBeGreaterThan(0);
    for (const { signing_secret } of given) expect(item).toContain(signing_secret);
  });

  test.each([
    ['overlap_seconds', { overlap_seconds: -1 }],
    ['overlap_seconds', { overlap_seconds: 604_801 }],
    ['overlap_seconds', { overlap_seconds: 1.5 }],
    ['overlap_seconds', { overlap_seconds: '60' }],
    ['env_id', { env_id: 'env_other' }],
  ])('names %s when the body is %j, and rotates nothing', async (field, json) => {
    const { tenant, id, first, stored } = await destination();
    expect(await tenant.api.call('POST', `/v1/destinations/${id}/rotate-secret`, { json })).toMatchObject({
      status: 400,
      body: { error: expect.stringMatching(RegExp(`^${field}: `)) },
    });
    expect(await stored()).toMatchObject({ signingSecrets: [first] });
  });

  test('shows the secret in no other answer', async () => {
    const { tenant, id } = await destination();
    await rotate(tenant, id);
    for (const path of ['/v1/destinations', `/v1/destinations/${id}`]) {
      expect(JSON.stringify(await tenant.api.call('GET', path))).not.toContain('whsec_');
    }
    for (const action of ['pause', 'resume']) {
      const answer = await tenant.api.call('POST', `/v1/destinations/${id}/${action}`);
      expect(JSON.stringify(answer)).not.toContain('whsec_');
    }
  });
});
