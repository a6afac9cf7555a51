import { beforeEach, describe, expect, it } from 'vitest';
import { deliverMessage } from '../../../lambdas/functions/deliver/deliver-message';
import type { ReceivedMessage } from '../../../lambdas/functions/deliver/received-message';
import { DeliveryWorld } from '../support/delivery-world';
import { BASE, DESTINATION, deliveryOf, destinationOf, ENVIRONMENT, NOW } from '../support/records';

let world: DeliveryWorld;
const message: ReceivedMessage = {
  ...{ base: BASE, ordinal: 1, attempt: 1, environment: ENVIRONMENT, destination: DESTINATION, token: 'token-1' },
  ...{ messageId: 'message-1', lastReceive: false, maxReceives: 5, deadline: NOW + 60_000 },
};
const turn = { at: NOW, rate: 2, places: 1 };

beforeEach(() => {
  world = new DeliveryWorld();
  world.destination = destinationOf({ rateLimit: 2 });
});

describe('a destination without a rate limit', () => {
  it('has no line', async () => {
    world.destination = destinationOf();
    await deliverMessage(world, message);
    expect([world.free, world.effects]).toEqual([0, ['claim', 'send', 'record']]);
  });

  it('lets go what stood in line before the limit was taken away', async () => {
    world.destination = destinationOf();
    await deliverMessage(world, { ...message, turn: { ...turn, at: NOW + 60_000 } });
    expect(world.effects).toEqual(['claim', 'send', 'record']);
  });
});

describe('a destination with a rate limit', () => {
  it('is sent to at once where nobody waits', async () => {
    expect(await deliverMessage(world, message)).toEqual({ kind: 'delivered' });
    expect([world.waited, world.free]).toEqual([0, NOW + 500]);
  });

  it('is waited for where the turn is near', async () => {
    world.free = NOW + 400;
    expect(await deliverMessage(world, message)).toEqual({ kind: 'delivered' });
    expect([world.waited, world.effects]).toEqual([400, ['claim', 'send', 'record']]);
  });

  it('is waited for in the queue where the turn is far; the place goes with the message, and no attempt is spent', async () => {
    world.free = NOW + 90_000;
    const outcome = await deliverMessage(world, { ...message, lastReceive: true });
    expect(outcome).toEqual({ kind: 'rate-limited', until: NOW + 90_000 });
    const [sent] = world.enqueued;
    expect(sent).toMatchObject({
      at: NOW + 90_000,
      due: { attempt: 1, turn: { at: NOW + 90_000, rate: 2, places: 1 } },
    });
    expect([world.delivery?.made, world.effects]).toEqual([0, ['turn']]);
  });

  it('asks for no second place: neither when the message comes for its turn, nor when it comes before', async () => {
    await deliverMessage(world, { ...message, turn: { ...turn, at: NOW + 5000 } });
    expect(world.enqueued[0]?.due.turn).toEqual({ ...turn, at: NOW + 5000 });
    await deliverMessage(world, { ...message, turn });
    expect([world.free, world.delivery?.status]).toEqual([0, 'delivered']);
  });

  it('gives a new place to whoever comes too late, or with a place under another limit', async () => {
    await deliverMessage(world, { ...message, turn: { ...turn, at: NOW - 5000 } });
    expect(world.free).toBe(NOW + 500);
    world.delivery = deliveryOf();
    world.free = NOW + 60_000;
    await deliverMessage(world, { ...message, turn: { ...turn, rate: 1 } });
    expect(world.enqueued[0]?.due.turn).toEqual({ at: NOW + 60_000, rate: 2, places: 1 });
  });

  it('counts the places of one that is late again and again, and then lets it go', async () => {
    world.free = NOW + 60_000;
    await deliverMessage(world, { ...message, turn: { ...turn, at: NOW - 5000 } });
    const second = world.enqueued[0]?.due.turn;
    expect(second?.places).toBe(2);
    world.time = NOW + 90_000;
    expect(await deliverMessage(world, { ...message, deadline: world.time + 60_000, turn: second })).toEqual({
      kind: 'delivered',
    });
  });

  it.each([
    ['paused', destinationOf({ rateLimit: 2, status: 'paused' })],
    [
      'left alone by its breaker',
      destinationOf({
        rateLimit: 2,
        circuit: { state: 'open', token: 'x', openedAt: NOW, trips: 1, probeAt: NOW + 60_000 },
      }),
    ],
  ])('that is %s lets nobody stand in line: what comes is parked', async (_, destination) => {
    world.destination = destination;
    expect(await deliverMessage(world, message)).toEqual({ kind: 'parked' });
    expect(world.free).toBe(0);
  });

  it('keeps no message from dying, from being known as redriven, or from being dropped', async () => {
    world.free = NOW + 90_000;
    const dead = deliveryOf({ status: 'failed', made: 1, deathToken: 'token-1', deathMessageId: 'message-1' });
    world.delivery = dead;
    expect(await deliverMessage(world, { ...message, turn })).toEqual({ kind: 'dying' });
    expect(await deliverMessage(world, { ...message, turn, messageId: 'message-2' })).toEqual({ kind: 'redriven' });
    world.delivery = deliveryOf({ status: 'delivered', made: 1 });
    expect(await deliverMessage(world, message)).toEqual({ kind: 'dropped', why: 'settled' });
    expect([world.free, world.enqueued]).toEqual([NOW + 90_000, []]);
  });
});
