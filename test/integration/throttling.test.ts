import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { eventAnswer } from './support/api';
import { eventually } from './support/eventually';
import { eventBody } from './support/factories';
import type { Tenant } from './support/tenant';
import { useOwnWorld } from './support/world';

const throttled = new Set<string>();

/** Accepting, routing, counting and delivering have three executions between them. */
const world = useOwnWorld('usual', {
  accountConcurrency: 3,
  faults: { functionThrottled: (functionName) => void throttled.add(functionName) },
});

const EVENTS = 60;

/** Publishes an event as a client that tries again while the API is too busy; answers with its id. */
async function publish({ api: { url, key = '' } }: Tenant): Promise<string> {
  const headers = { 'x-api-key': key, 'content-type': 'application/json' };
  for (;;) {
    const response = await fetch(`${url}/v1/events`, { method: 'POST', headers, body: JSON.stringify(eventBody()) });
    const answer = await response.json();
    if (response.status === 202) return eventAnswer.parse(answer).event.id;
    expect([response.status, answer]).toEqual([503, { message: 'Service Unavailable' }]);
    await sleep(50);
  }
}

test('every accepted event is delivered, and counted once, while functions are throttled', async () => {
  const [tenant, receiver] = [await world().tenant(), await world().receiver()];
  await tenant.routeTo(receiver.url);
  const ids = await Promise.all(Array.from({ length: EVENTS }, () => publish(tenant)));

  const received = () => [...new Set(receiver.requests.map(({ headers }) => String(headers['webhook-id'])))];
  await eventually('every event to arrive', () => received().length === EVENTS, 120_000);
  expect(received().sort()).toEqual(ids.sort());

  const counts = z.object({ total: z.number(), delivered: z.number() });
  const counted = async () => {
    expect(await tenant.api.ok(counts, 'GET', '/api/deliveries/stats?period=1h')).toEqual({
      total: EVENTS,
      delivered: EVENTS,
    });
    return true;
  };
  await eventually('every delivery to be counted', counted);
  expect(throttled).toContain('ingest');
}, 180_000);
