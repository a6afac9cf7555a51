import { beforeEach, describe, expect, it } from 'vitest';
import { deliverMessage } from '../../../lambdas/functions/deliver/deliver-message';
import { type ReceivedMessage, renew } from '../../../lambdas/functions/deliver/received-message';
import { unpackDetail } from '../../../lambdas/store/deliveries/attempt-detail';
import { answered, DeliveryWorld } from '../support/delivery-world';
import { BASE, DESTINATION, deliveryOf, destinationOf, ENVIRONMENT, NOW } from '../support/records';

const message: ReceivedMessage = {
  ...{ base: BASE, ordinal: 1, attempt: 1, environment: ENVIRONMENT, destination: DESTINATION },
  token: 'token-1',
  messageId: 'message-1',
  lastReceive: false,
  maxReceives: 5,
  deadline: NOW + 60_000,
};
const last = { ...message, lastReceive: true };
const due = { base: BASE, ordinal: 1, environment: ENVIRONMENT, destination: DESTINATION };

let world: DeliveryWorld;
beforeEach(() => {
  world = new DeliveryWorld();
});
const failing = (status: number, headers = {}) => void world.answers.push(answered(status, headers));

describe('a message whose attempt is due', () => {
  it('is claimed, sent, recorded and done with, in this order', async () => {
    expect(await deliverMessage(world, message)).toEqual({ kind: 'delivered' });
    expect(world.effects).toEqual(['claim', 'send', 'record']);
    expect(world.delivery).toMatchObject({ status: 'delivered', made: 1 });
  });

  it('enqueues its retry only when the attempt is recorded', async () => {
    failing(500);
    expect(await deliverMessage(world, message)).toEqual({ kind: 'retry-scheduled' });
    expect(world.effects).toEqual(['claim', 'send', 'record', 'enqueue']);
    expect(world.enqueued).toEqual([{ due: { ...due, attempt: 2 }, at: NOW + 5000 }]);
    expect(world.delivery).toMatchObject({ status: 'retrying', nextAttemptAt: NOW + 5000 });
  });

  it('waits as long as the receiver asked for', async () => {
    failing(503, { 'retry-after': '3600' });
    await deliverMessage(world, message);
    expect(world.enqueued[0]?.at).toBe(NOW + 3_600_000);
  });

  it('dies with the last attempt of its round, remembering the message that SQS is to move', async () => {
    world.delivery = deliveryOf({ status: 'retrying', made: 4 });
    failing(500);
    expect(await deliverMessage(world, { ...message, attempt: 5 })).toEqual({ kind: 'died' });
    expect(world.delivery).toMatchObject({ deathToken: 'token-1', deathMessageId: 'message-1' });
    expect(world.enqueued).toEqual([]);
  });

  it('counts the attempts of its round, not those of earlier rounds', async () => {
    world.delivery = deliveryOf({ made: 5, roundStart: 5, cause: 'manual' });
    failing(500);
    expect(await deliverMessage(world, { ...message, attempt: 6 })).toEqual({ kind: 'retry-scheduled' });
    expect(world.enqueued[0]).toEqual({ due: { ...due, attempt: 7 }, at: NOW + 5000 });
    expect(world.attempts[0]).toMatchObject({ number: 6, trigger: 'manual' });
  });

  it('dies at once of 410, and pauses the destination', async () => {
    failing(410);
    expect(await deliverMessage(world, message)).toEqual({ kind: 'died' });
    expect(world.destination?.status).toBe('paused');
  });

  it('follows the retry policy as it is now, not as it was when the delivery was made', async () => {
    world.destination = destinationOf({ retryPolicy: { maxAttempts: 1, schedule: [5] } });
    failing(500);
    expect(await deliverMessage(world, message)).toEqual({ kind: 'died' });
  });

  it('gives the attempt the timeout of its destination, and less when the function has less time left', async () => {
    await deliverMessage(world, message);
    world.delivery = deliveryOf();
    await deliverMessage(world, { ...message, deadline: NOW + 5000 });
    expect(world.sent.map(({ timeoutMs }) => timeoutMs)).toEqual([15_000, 3500]);
  });

  it('claims for longer than the attempt can last', async () => {
    world.send = async () => {
      expect(world.delivery?.claimUntil).toBeGreaterThanOrEqual(NOW + 15_000 + 5000);
      return answered(200);
    };
    await deliverMessage(world, message);
  });

  it('takes over from a worker whose claim has expired', async () => {
    world.delivery = deliveryOf({ status: 'sent', claimId: 'other', claimUntil: NOW - 1, claims: 1 });
    expect(await deliverMessage(world, message)).toEqual({ kind: 'delivered' });
  });

  it('records what was sent, with credentials hidden, and what came back', async () => {
    world.destination = destinationOf({ auth: { type: 'bearer_token', token: 'hunter2' } });
    await deliverMessage(world, message);
    expect(world.sent[0]?.headers.authorization).toBe('Bearer hunter2');
    const detail = unpackDetail(world.attempts[0]?.detail ?? Buffer.of());
    expect(detail).toMatchObject({ requestHeaders: { authorization: 'Bearer ***' }, requestBodyBytes: 8 });
    expect(JSON.stringify(detail)).not.toContain('hunter2');
  });
});

describe('a message that cannot end well', () => {
  it('dies without a request when its destination was deleted', async () => {
    world.destination = undefined;
    expect(await deliverMessage(world, message)).toEqual({ kind: 'died' });
    expect(world.sent).toEqual([]);
    expect(world.attempts[0]).toMatchObject({ errorCode: 'worker_failed', latencyMs: 0 });
  });

  it('dies without a request when its event is no longer stored', async () => {
    world.event = undefined;
    expect(await deliverMessage(world, message)).toEqual({ kind: 'died' });
    expect(world.attempts[0]?.errorMessage).toMatch(/event/);
  });

  it('records its death without sending on its last receive, when the worker crashed every time before', async () => {
    world.delivery = deliveryOf({ status: 'sent', claimUntil: NOW - 1, claims: 4 });
    expect(await deliverMessage(world, last)).toEqual({ kind: 'died' });
    expect(world.sent).toEqual([]);
    expect(world.attempts[0]).toMatchObject({ errorCode: 'worker_failed' });
  });

  it('is sent on its last receive when nothing crashed: it may only have waited', async () => {
    expect(await deliverMessage(world, last)).toEqual({ kind: 'delivered' });
  });

  it('is sent on its last receive when some workers crashed and other receives only waited, with a copy behind it', async () => {
    world.delivery = deliveryOf({ status: 'sent', claimUntil: NOW - 1, claims: 2 });
    expect(await deliverMessage(world, last)).toEqual({ kind: 'delivered' });
    expect(world.sent).toHaveLength(1);
    expect(world.effects.filter((effect) => effect === 'copy')).toHaveLength(1);
    expect(world.enqueued).toMatchObject([{ due: { attempt: last.attempt } }]);
  });
});

describe('a message that cannot claim its attempt', () => {
  it('is dropped when the delivery is gone, delivered, or parked', async () => {
    const cases = [undefined, deliveryOf({ status: 'delivered', made: 1 }), deliveryOf({ status: 'circuit_open' })];
    const outcomes = [];
    for (const delivery of cases) {
      world.delivery = delivery;
      outcomes.push(await deliverMessage(world, message));
    }
    expect(outcomes.map((one) => one.kind === 'dropped' && one.why)).toEqual(['gone', 'settled', 'parked']);
    expect(world.effects).toEqual([]);
  });

  it('makes sure of the retry that a crash may have kept from being enqueued, at the time it was planned for', async () => {
    world.delivery = deliveryOf({ status: 'retrying', made: 1, nextAttemptAt: NOW + 4000 });
    expect(await deliverMessage(world, message)).toEqual({ kind: 'retry-ensured' });
    expect(world.enqueued).toEqual([{ due: { ...due, attempt: 2 }, at: NOW + 4000 }]);
  });

  it('waits for the worker that is at it', async () => {
    world.delivery = deliveryOf({ status: 'sent', claimUntil: NOW + 9000 });
    expect(await deliverMessage(world, message)).toEqual({ kind: 'busy', until: NOW + 9000 });
  });

  it('is replaced by a fresh copy when it has no receive left to wait with', async () => {
    world.delivery = deliveryOf({ status: 'sent', claimUntil: NOW + 9000 });
    expect(await deliverMessage(world, last)).toEqual({ kind: 'renewed' });
    expect(world.enqueued).toEqual([{ due: { ...due, attempt: 1 }, at: NOW + 10_000 }]);
  });

  it('keeps dying until SQS moves it, even on its last receive', async () => {
    world.delivery = deliveryOf({ status: 'failed', made: 1, deathToken: 'token-1', deathMessageId: 'message-1' });
    expect(await deliverMessage(world, last)).toEqual({ kind: 'dying' });
    expect(world.effects).toEqual([]);
  });

  it('starts a fresh round when it was redriven from the dead-letter queue', async () => {
    world.delivery = deliveryOf({ status: 'failed', made: 5, deathToken: 'token-1', deathMessageId: 'message-0' });
    expect(await deliverMessage(world, { ...message, attempt: 5 })).toEqual({ kind: 'redriven' });
    expect(world.delivery).toMatchObject({ status: 'pending', cause: 'redrive', roundStart: 5 });
  });

  it('is done with when somebody else restarted the delivery in the moment of its redrive', async () => {
    world.delivery = deliveryOf({ status: 'failed', made: 5, deathToken: 'token-1', deathMessageId: 'message-0' });
    world.redrive = async () => ({ kind: 'refused', delivery: undefined });
    expect(await deliverMessage(world, { ...message, attempt: 5 })).toEqual({ kind: 'redriven' });
  });
});

describe('a claim that is lost while sending', () => {
  beforeEach(() => {
    world.record = async () => false;
  });

  it('leaves the message, because another worker is at its attempt', async () => {
    expect(await deliverMessage(world, message)).toEqual({ kind: 'claim-lost' });
    expect(world.enqueued).toEqual([]);
  });

  it('replaces the message on its last receive', async () => {
    expect(await deliverMessage(world, last)).toEqual({ kind: 'renewed' });
    expect(world.enqueued[0]?.due).toEqual({ ...due, attempt: 1 });
  });
});

describe('a paused destination', () => {
  beforeEach(() => {
    world.destination = destinationOf({ status: 'paused' });
  });

  it.each([
    ['pending', 0],
    ['retrying', 2],
  ] as const)('gets nothing: what is %s is parked and spends no attempt', async (status, made) => {
    world.delivery = deliveryOf({ status, made });
    expect(await deliverMessage(world, { ...message, attempt: made + 1 })).toEqual({ kind: 'parked' });
    expect(world.effects).toEqual(['park']);
    expect(world.delivery).toMatchObject({ status: 'circuit_open', made });
  });

  it('does not keep a message coming back whose worker is gone: it is parked, too', async () => {
    world.delivery = deliveryOf({ status: 'sent', claimId: 'gone', claimUntil: NOW - 1, claims: 1 });
    expect(await deliverMessage(world, message)).toEqual({ kind: 'parked' });
    expect(await deliverMessage(world, message)).toEqual({ kind: 'dropped', why: 'parked' });
  });

  it('does not park what a live worker is at', async () => {
    world.delivery = deliveryOf({ status: 'sent', claimId: 'live', claimUntil: NOW + 5000 });
    expect(await deliverMessage(world, message)).toEqual({ kind: 'busy', until: NOW + 5000 });
  });

  it('changes nothing for a message whose delivery has ended', async () => {
    world.delivery = deliveryOf({ status: 'delivered', made: 1 });
    expect(await deliverMessage(world, message)).toEqual({ kind: 'dropped', why: 'settled' });
    world.delivery = deliveryOf({ status: 'failed', made: 1, deathToken: 'token-1', deathMessageId: 'message-1' });
    expect(await deliverMessage(world, message)).toEqual({ kind: 'dying' });
    world.delivery = undefined;
    expect(await deliverMessage(world, message)).toEqual({ kind: 'dropped', why: 'gone' });
  });
});

describe('renewing a message', () => {
  it('enqueues the same attempt again, a second after the given time', async () => {
    expect(await renew(world, { ...message, attempt: 3 }, NOW + 500)).toEqual({ kind: 'renewed' });
    expect(world.enqueued).toEqual([{ due: { ...due, attempt: 3 }, at: NOW + 1500 }]);
  });

  it('never asks for a schedule, whose name an older one of the attempt may still have', async () => {
    await renew(world, { ...message, attempt: 3 }, NOW + 600_000);
    expect(world.effects).toEqual(['copy']);
  });
});
