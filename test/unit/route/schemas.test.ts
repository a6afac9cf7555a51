import { beforeEach, describe, expect, it } from 'vitest';
import { packSchema } from '../../../lambdas/configuration/payload-schema';
import { isRefused, type ValidationPorts } from '../../../lambdas/functions/route/validate-again';
import { lazyJson } from '../../../lambdas/routing/payload';
import { routeEvent } from '../../../lambdas/routing/route-event';
import { newDeliveryItem } from '../../../lambdas/store/deliveries/new-delivery';
import { refusalParameters, refusedAttempt } from '../../../lambdas/store/deliveries/refusals';
import { CONNECTION, connectionOf, deliveryOf, eventOf, idOf, NOW } from '../support/records';
import { connectionNo, RoutingWorld } from '../support/routing-world';

const schema = packSchema({ type: 'object' });
let world: RoutingWorld;
beforeEach(() => {
  world = new RoutingWorld();
});

describe('routing an event over connections with schemas', () => {
  it('records what a schema refuses, and enqueues the rest only', async () => {
    world.connections = [connectionNo(1, { schema }), connectionNo(2), connectionNo(3, { schema })];
    world.problem = 'no match';
    const due = await routeEvent(world, eventOf());
    expect(due.map(({ destination }) => destination)).toEqual([idOf('dst', 2)]);
    expect([...world.deliveries.values()].map(({ status }) => status)).toEqual([
      'schema_failed',
      'pending',
      'schema_failed',
    ]);
  });

  it('leaves what it has refused as it is when it runs again, even if the schema has been repaired', async () => {
    world.connections = [connectionNo(1, { schema }), connectionNo(2, { schema })];
    world.problem = 'no match';
    await routeEvent(world, eventOf());
    world.problem = undefined;
    expect(await routeEvent(world, eventOf())).toEqual([]);
    expect([...world.deliveries.values()].map(({ status }) => status)).toEqual(['schema_failed', 'schema_failed']);
  });

  it('looks at no payload when no connection has a schema', async () => {
    world.connections = [connectionNo(1)];
    world.problem = 'no match';
    expect(await routeEvent(world, eventOf({ body: Buffer.from([255]) }))).toHaveLength(1);
  });

  it('writes a refused delivery as failed from the start, listed among what needs attention', () => {
    const delivery = { ...deliveryOf(), refusal: 'no match' };
    expect(newDeliveryItem(delivery, 4, 30)).toMatchObject({
      status: 'schema_failed',
      made: 1,
      first: { number: 1, errorCode: 'schema_invalid', errorMessage: 'no match', latencyMs: 0 },
      attPk: expect.stringContaining('schema_failed'),
    });
    expect(newDeliveryItem(deliveryOf(), 4, 30)).not.toHaveProperty('attPk');
  });
});

describe('a delivery that is pending again', () => {
  const refused: string[] = [];
  const portsWith = (overrides: Partial<ValidationPorts>): ValidationPorts => ({
    listConnections: async () => [connectionOf({ schema })],
    readEvent: async () => eventOf(),
    validatorFor: () => async () => 'no match',
    refuseDelivery: async (_, problem) => void refused.push(problem),
    now: () => NOW,
    ...overrides,
  });
  beforeEach(() => refused.splice(0));

  it('is refused where the schema of its connection still does not match', async () => {
    expect(await isRefused(portsWith({}), deliveryOf({ made: 1, roundStart: 1 }))).toBe(true);
    expect(refused).toEqual(['no match']);
  });

  it.each<[string, Partial<ValidationPorts>]>([
    ['its payload matches', { validatorFor: () => async () => undefined }],
    ['its connection has no schema any more', { listConnections: async () => [connectionOf()] }],
    ['its connection is gone', { listConnections: async () => [connectionOf({ id: `${CONNECTION}x`, schema })] }],
    ['its event is gone', { readEvent: async () => undefined }],
  ])('goes on where %s', async (_, overrides) => {
    expect(await isRefused(portsWith(overrides), deliveryOf({ made: 1, roundStart: 1 }))).toBe(false);
    expect(refused).toEqual([]);
  });

  it('goes on in the middle of its round, without a look at the schema', async () => {
    expect(await isRefused(portsWith({}), deliveryOf({ made: 2, roundStart: 1 }))).toBe(false);
  });

  it('is refused under the condition that nobody has begun its round', () => {
    const delivery = deliveryOf({ made: 3, roundStart: 3 });
    const attempt = refusedAttempt(delivery, 'no match', NOW);
    const update = refusalParameters('t', delivery, attempt, NOW, { shards: 4, retentionDays: 30 });
    expect(update.ConditionExpression).toBe('#status IN (:from0) AND made = :before AND roundStart = :round');
    expect(update.ExpressionAttributeValues).toMatchObject({ ':from0': 'pending', ':before': 3, ':made': 4 });
  });
});

describe('the payload of an event', () => {
  it.each(['', '{', '\ufeff{}', 'NaN', '\u0000'])('is no JSON when it is %j', (text) => {
    expect(lazyJson({ body: Buffer.from(text) })()).toBeUndefined();
  });

  it('is no JSON when it is not UTF-8', () => {
    expect(lazyJson({ body: Buffer.from([0x22, 0xff, 0x22]) })()).toBeUndefined();
  });

  it('may be null', () => {
    expect(lazyJson({ body: Buffer.from('null') })()).toEqual({ value: null });
  });
});
