import { beforeEach, describe, expect, it } from 'vitest';
import { targetMark } from '../../../lambdas/domain/targets';
import { deliverMessage } from '../../../lambdas/functions/deliver/deliver-message';
import type { ReceivedMessage } from '../../../lambdas/functions/deliver/received-message';
import type { HttpAnswer } from '../../../lambdas/functions/deliver/transports/http/send';
import { unpackDetail } from '../../../lambdas/store/deliveries/attempt-detail';
import { answered, DeliveryWorld } from '../support/delivery-world';
import { BASE, DESTINATION, deliveryOf, destinationOf, ENVIRONMENT, NOW } from '../support/records';

const [PRIMARY, A, B] = ['https://receiver.example/hook', 'https://a.example/', 'https://b.example/'];

const message = (attempt = 1, changes: Partial<ReceivedMessage> = {}): ReceivedMessage => ({
  ...{ base: BASE, ordinal: 1, attempt, environment: ENVIRONMENT, destination: DESTINATION },
  ...{ token: `token-${attempt}`, messageId: `message-${attempt}`, lastReceive: false, maxReceives: 5 },
  deadline: NOW + 60_000,
  ...changes,
});

let world: DeliveryWorld;
beforeEach(() => {
  world = new DeliveryWorld();
  world.destination = destinationOf({ mirrorUrls: [A, B], retryPolicy: { maxAttempts: 3, schedule: [5] } });
});

const answersOf = (url: string, ...statuses: readonly (number | HttpAnswer)[]) =>
  world.answersOf.set(
    url,
    statuses.map((status) => (typeof status === 'number' ? answered(status) : status)),
  );
const firstDetail = () => unpackDetail(world.attempts[0]?.detail ?? Buffer.of());
const sentTo = () => world.sent.splice(0).map(({ url }) => url);

describe('an attempt at a destination with mirrors', () => {
  it('sends the same request to all of them', async () => {
    expect(await deliverMessage(world, message())).toEqual({ kind: 'delivered' });
    const [first, ...others] = world.sent;
    expect(world.sent.map(({ url }) => url)).toEqual([PRIMARY, A, B]);
    for (const other of others) expect({ ...other, url: PRIMARY }).toEqual(first);
  });

  it('sends to them side by side', async () => {
    let open = 0;
    let most = 0;
    world.send = async () => {
      open += 1;
      most = Math.max(most, open);
      await new Promise((resolve) => setImmediate(resolve));
      open -= 1;
      return answered(200);
    };
    await deliverMessage(world, message());
    expect(most).toBe(3);
  });

  it('is repeated for those only that have not accepted, until all have', async () => {
    answersOf(A, 500, 200);
    answersOf(B, 500, 503, 200);
    expect(await deliverMessage(world, message(1))).toEqual({ kind: 'retry-scheduled' });
    expect(sentTo()).toEqual([PRIMARY, A, B]);
    expect(await deliverMessage(world, message(2))).toEqual({ kind: 'retry-scheduled' });
    expect(sentTo()).toEqual([A, B]);
    expect(await deliverMessage(world, message(3))).toEqual({ kind: 'delivered' });
    expect(sentTo()).toEqual([B]);
    expect(world.delivery).toMatchObject({ status: 'delivered', made: 3 });
  });

  it('shows the first target that did not accept, and keeps what came of each', async () => {
    answersOf(A, { kind: 'error', code: 'timeout', message: 'Connection timeout after 9ms', latencyMs: 9 });
    answersOf(B, 503);
    await deliverMessage(world, message());
    expect(world.attempts[0]).toMatchObject({
      errorCode: 'timeout',
      errorMessage: 'Connection timeout after 9ms (accepted by 1 of 3 targets)',
      latencyMs: 9,
    });
    expect(firstDetail()).toMatchObject({
      requestUrl: A,
      targets: [
        { url: PRIMARY, statusCode: 200, latencyMs: 5 },
        { url: A, errorCode: 'timeout', errorMessage: 'Connection timeout after 9ms', latencyMs: 9 },
        { url: B, statusCode: 503, errorCode: 'http_error', errorMessage: 'Service Unavailable', latencyMs: 5 },
      ],
    });
  });

  it('waits as long as the most patient of those asked for that did not accept', async () => {
    answersOf(PRIMARY, answered(503, { 'retry-after': '60' }));
    answersOf(A, answered(503, { 'retry-after': '3600' }));
    answersOf(B, answered(200, { 'retry-after': '86400' }));
    await deliverMessage(world, message());
    expect(world.enqueued[0]?.at).toBe(NOW + 3_600_000);
  });

  it('ends partial when the last one failed at some, and failed when it failed at all', async () => {
    answersOf(B, 500, 500, 500);
    for (const attempt of [1, 2, 3]) await deliverMessage(world, message(attempt));
    expect(world.delivery).toMatchObject({ status: 'partial', accepted: [targetMark(PRIMARY), targetMark(A)] });
    expect(world.deadLetters).toEqual([3]);

    world.delivery = deliveryOf({ made: 2 });
    for (const url of [PRIMARY, A, B]) answersOf(url, 500);
    expect(await deliverMessage(world, message(3))).toEqual({ kind: 'died' });
    expect(world.delivery).toMatchObject({ status: 'failed' });
  });

  it('is sent only to those that have not accepted after a redrive, too', async () => {
    answersOf(B, 500);
    world.delivery = deliveryOf({ made: 2 });
    await deliverMessage(world, message(3));
    expect(world.delivery.status).toBe('partial');
    sentTo();
    expect(await deliverMessage(world, message(3, { messageId: 'redriven' }))).toEqual({ kind: 'redriven' });
    expect(await deliverMessage(world, message(4))).toEqual({ kind: 'delivered' });
    expect(sentTo()).toEqual([B]);
  });

  it('is sent to all again when the worker died before it could record who accepted', async () => {
    answersOf(B, 500);
    const { record } = world;
    world.record = async () => {
      throw new Error('The worker is gone.');
    };
    await expect(deliverMessage(world, message())).rejects.toThrow('gone');
    world.record = record.bind(world);
    world.time += 60_000;
    sentTo();
    expect(await deliverMessage(world, message(1, { deadline: world.time + 60_000 }))).toEqual({ kind: 'delivered' });
    expect(sentTo()).toEqual([PRIMARY, A, B]);
  });

  it('that follows a change of the list goes to the new ones and does not miss the removed ones', async () => {
    answersOf(B, 500);
    await deliverMessage(world, message(1));
    sentTo();
    const C = 'https://c.example/';
    world.destination = destinationOf({ mirrorUrls: [A, C] });
    expect(await deliverMessage(world, message(2))).toEqual({ kind: 'delivered' });
    expect(sentTo()).toEqual([C]);
  });

  it('that has nobody left to be sent to is delivered without a request', async () => {
    answersOf(B, 500);
    await deliverMessage(world, message(1));
    sentTo();
    world.destination = destinationOf({ mirrorUrls: [A] });
    expect(await deliverMessage(world, message(2))).toEqual({ kind: 'delivered' });
    expect(sentTo()).toEqual([]);
    expect(world.attempts[1]).toMatchObject({ number: 2, latencyMs: 0, statusCode: undefined, errorCode: undefined });
  });

  it('takes nothing from a destination without mirrors', async () => {
    world.destination = destinationOf();
    world.answers = [answered(500)];
    await deliverMessage(world, message());
    expect(world.delivery).not.toHaveProperty('accepted');
    expect(world.attempts[0]?.errorMessage).toBe('Internal Server Error');
    expect(firstDetail()).not.toHaveProperty('targets');
  });
});

describe('a 410 of one target among several', () => {
  it('does not stop the others from being tried again, and does not pause the destination', async () => {
    answersOf(PRIMARY, 410, 410);
    answersOf(A, 500);
    expect(await deliverMessage(world, message(1))).toEqual({ kind: 'retry-scheduled' });
    expect(await deliverMessage(world, message(2))).toEqual({ kind: 'died' });
    expect(world.delivery).toMatchObject({ status: 'partial' });
    expect(world.destination?.status).toBe('active');
  });

  it('ends the delivery at once when it is all that is left', async () => {
    answersOf(B, 410);
    expect(await deliverMessage(world, message())).toEqual({ kind: 'died' });
    expect(world.delivery).toMatchObject({ status: 'partial', made: 1 });
    expect(world.destination?.status).toBe('active');
  });

  it('pauses the destination when all of them say so', async () => {
    for (const url of [PRIMARY, A, B]) answersOf(url, 410);
    expect(await deliverMessage(world, message())).toEqual({ kind: 'died' });
    expect(world.delivery).toMatchObject({ status: 'failed' });
    expect(world.destination?.status).toBe('paused');
  });
});
