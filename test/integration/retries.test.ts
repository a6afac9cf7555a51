import { describe, expect, test } from 'vitest';
import { eventually } from './support/eventually';
import { retryEvery } from './support/factories';
import { answer, inTurn } from './support/receiver';
import { keyOfDelivery } from './support/table';
import { useOwnWorld } from './support/world';

const world = useOwnWorld();

describe.concurrent('a delivery that fails', () => {
  test('is tried again after an SQS delay when its wait is short', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver(inTurn(answer(500), answer(200)))];
    await tenant.routeTo(receiver.url, { destination: retryEvery(1, 3) });
    const eventId = await tenant.publish();
    const delivery = await tenant.reached(eventId, 'delivered');
    expect(delivery).toMatchObject({ attemptCount: 2, maxAttempts: 3, statusCode: 200, error: null });
    expect(delivery.attempts).toMatchObject([
      { attemptNumber: 1, statusCode: 500, error: 'Internal Server Error' },
      { attemptNumber: 2, statusCode: 200, error: null },
    ]);
    const [, second] = await world().table.family(eventId);
    expect(second).toMatchObject({ sk: 'DLV#0001#ATT#0002', trigger: 'retry' });
    expect(
      world()
        .handled(delivery.id)
        .map(({ outcome }) => outcome),
    ).toEqual(['retry-scheduled', 'delivered']);
  });

  test('is tried again by a schedule of its own when its wait is long, and the schedule is gone afterwards', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver(inTurn(answer(503), answer(200)))];
    await tenant.routeTo(receiver.url, { destination: retryEvery(3, 2) });
    const eventId = await tenant.publish();
    const waiting = await tenant.reached(eventId, 'retrying');
    const [name] = await eventually('a schedule', async () => {
      const names = await world().schedulesOf(eventId);
      return names.length > 0 && names;
    });
    expect(name).toBe(`${eventId.slice(4, 28)}-1-2`);
    expect(waiting.nextAttemptAt).not.toBeNull();
    const attention = await world().table.attentionOf(keyOfDelivery(waiting.id));
    expect(attention).toEqual([expect.stringContaining(`ENV#${tenant.environment}#retrying#`)]);

    const delivered = await tenant.reached(eventId, 'delivered');
    expect(delivered).toMatchObject({ attemptCount: 2, nextAttemptAt: null });
    expect(receiver.requests[1]?.at).toBeGreaterThanOrEqual(Date.parse(waiting.nextAttemptAt ?? ''));
    expect(await world().schedulesOf(eventId)).toEqual([]);
    expect(await world().table.attentionOf(keyOfDelivery(waiting.id))).toEqual([]);
  });

  test('sends the same body and keys again, signed anew', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver(inTurn(answer(500), answer(200)))];
    await tenant.routeTo(receiver.url, { destination: retryEvery(1, 2) });
    await tenant.reached(await tenant.publish(), 'delivered');
    const [first, second] = receiver.requests;
    expect(second?.body).toEqual(first?.body);
    for (const name of ['webhook-id', 'x-webhook-id', 'idempotency-key'])
      expect(second?.headers[name]).toBe(first?.headers[name]);
    expect(second?.headers['webhook-timestamp']).not.toBe(first?.headers['webhook-timestamp']);
    expect(second?.headers['webhook-signature']).not.toBe(first?.headers['webhook-signature']);
  });

  test('is never tried again sooner than Retry-After asks in seconds', async () => {
    const busy = answer(429, { 'retry-after': '2' });
    const [tenant, receiver] = [await world().tenant(), await world().receiver(inTurn(busy, answer(200)))];
    await tenant.routeTo(receiver.url, { destination: retryEvery(0, 2) });
    await tenant.reached(await tenant.publish(), 'delivered');
    const [first, second] = receiver.requests.map(({ at }) => at);
    expect(second).toBeGreaterThanOrEqual((first ?? 0) + 2000);
  });

  test('is never tried again sooner than Retry-After asks with a date', async () => {
    const date = new Date(Date.now() + 4000).toUTCString();
    const busy = answer(503, { 'retry-after': date });
    const [tenant, receiver] = [await world().tenant(), await world().receiver(inTurn(busy, answer(200)))];
    await tenant.routeTo(receiver.url, { destination: retryEvery(0, 2) });
    await tenant.reached(await tenant.publish(), 'delivered');
    expect(receiver.requests).toHaveLength(2);
    expect(receiver.requests[1]?.at).toBeGreaterThanOrEqual(Date.parse(date));
  });

  test('is given up after the attempts of its destination', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver(answer(502))];
    await tenant.routeTo(receiver.url, { destination: retryEvery(0, 3) });
    const eventId = await tenant.publish();
    const delivery = await tenant.reached(eventId, 'failed');
    expect(delivery).toMatchObject({ attemptCount: 3, maxAttempts: 3, statusCode: 502, error: 'Bad Gateway' });
    expect(delivery.attempts?.map(({ attemptNumber }) => attemptNumber)).toEqual([1, 2, 3]);
    expect(await tenant.eventStatus(eventId)).toBe('failed');
    await world().queues.untilDead(delivery.id);
    expect(receiver.requests).toHaveLength(3);
  });
});

describe.concurrent('a retry through the API', () => {
  test('starts a fresh round of attempts for a delivery that failed', async () => {
    const behaviour = inTurn(answer(500), answer(500), answer(500), answer(200));
    const [tenant, receiver] = [await world().tenant(), await world().receiver(behaviour)];
    await tenant.routeTo(receiver.url, { destination: retryEvery(0, 2) });
    const eventId = await tenant.publish();
    const { id } = await tenant.reached(eventId, 'failed');
    expect(await tenant.retry(id)).toMatchObject({ status: 200, body: { deliveryId: id, status: 'pending' } });
    const delivered = await tenant.reached(eventId, 'delivered');
    expect(delivered).toMatchObject({ attemptCount: 2, maxAttempts: 2 });
    expect(delivered.attempts?.map(({ attemptNumber, statusCode }) => [attemptNumber, statusCode])).toEqual([
      [1, 500],
      [2, 500],
      [3, 500],
      [4, 200],
    ]);
    const triggers = (await world().table.family(eventId)).map(({ trigger }) => trigger).filter(Boolean);
    expect(triggers).toEqual(['retry', 'manual', 'retry']);
  });

  test('closes the dead letter', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver(answer(500))];
    await tenant.routeTo(receiver.url);
    const { id } = await tenant.reached(await tenant.publish(), 'failed');
    expect(await world().table.deadLetter(id, 1)).toBeDefined();
    await tenant.retry(id);
    expect(await world().table.deadLetter(id, 1)).toBeUndefined();
  });

  test('brings a delivery forward that waits for its next attempt', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver(inTurn(answer(500), answer(200)))];
    await tenant.routeTo(receiver.url, { destination: retryEvery(3600, 2) });
    const eventId = await tenant.publish();
    const { id } = await tenant.reached(eventId, 'retrying');
    expect(await tenant.retry(id)).toMatchObject({ status: 200 });
    await tenant.reached(eventId, 'delivered');
    expect(receiver.requests).toHaveLength(2);
  });

  test('is refused for a delivery that was delivered', async () => {
    const [tenant, receiver] = [await world().tenant(), await world().receiver()];
    await tenant.routeTo(receiver.url);
    const { id } = await tenant.reached(await tenant.publish(), 'delivered');
    expect(await tenant.retry(id)).toMatchObject({
      status: 409,
      body: { error: 'Conflict', code: 'INVALID_STATE', message: expect.any(String) },
    });
  });

  test('is refused for a delivery that is being sent', async () => {
    let release = () => {};
    const receiver = await world().receiver((response) => {
      release = () => response.end();
    });
    const tenant = await world().tenant();
    await tenant.routeTo(receiver.url);
    const eventId = await tenant.publish();
    const { id } = await tenant.reached(eventId, 'sent');
    expect(await tenant.retry(id)).toMatchObject({ status: 409, body: { code: 'INVALID_STATE' } });
    release();
    await tenant.reached(eventId, 'delivered');
  });
});
