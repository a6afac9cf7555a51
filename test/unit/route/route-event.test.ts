import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { PlaceTakenError, routeEvent } from '../../../lambdas/routing/route-event';
import { deliveryOf, ENVIRONMENT, eventOf, idOf, SOURCE } from '../support/records';
import { connectionNo, RoutingWorld } from '../support/routing-world';

let world: RoutingWorld;
beforeEach(() => {
  world = new RoutingWorld();
});

const event = eventOf();
const numbers = (count: number) => Array.from({ length: count }, (_, n) => n + 1);

describe('routing an event', () => {
  it('makes one delivery for each connection, numbered in order of creation, and says that each is due', async () => {
    world.connections = numbers(3).map((n) => connectionNo(n));
    const due = await routeEvent(world, event);
    expect(world.routed()).toEqual([1, 2, 3].map((n) => idOf('con', n)));
    expect(due).toEqual(
      [1, 2, 3].map((n) => ({
        ...{ base: event.base, ordinal: n, environment: ENVIRONMENT },
        destination: idOf('dst', n),
        attempt: 1,
      })),
    );
  });

  it('leaves out connections that are disabled, of another source, or whose rules do not hold', async () => {
    const rule = { field: 'body.id', operator: 'eq' } as const;
    world.connections = [
      connectionNo(1, { enabled: false }),
      connectionNo(2, { source: idOf('src', 9) }),
      connectionNo(3, { filterRules: [{ ...rule, value: 2 }] }),
      connectionNo(4, { source: SOURCE, filterRules: [{ ...rule, value: 1 }] }),
    ];
    await routeEvent(world, eventOf({ source: SOURCE }));
    expect(world.routed()).toEqual([idOf('con', 4)]);
  });

  it('gives events without a source to connections of every source only', async () => {
    world.connections = [connectionNo(1, { source: SOURCE }), connectionNo(2)];
    await routeEvent(world, event);
    expect(world.routed()).toEqual([idOf('con', 2)]);
  });

  it('finds no members in a body that is no JSON, and routes it nevertheless', async () => {
    world.connections = [
      connectionNo(1, { filterRules: [{ field: 'body.id', operator: 'exists' }] }),
      connectionNo(2, { filterRules: [{ field: 'body.id', operator: 'neq', value: 1 }] }),
      connectionNo(3, { filterRules: [{ field: 'headers.x-kind', operator: 'eq', value: 'raw' }] }),
    ];
    await routeEvent(world, eventOf({ body: Buffer.from([255, 0]), headers: { 'x-kind': 'raw' } }));
    expect(world.routed()).toEqual([idOf('con', 2), idOf('con', 3)]);
  });

  it('notes that nothing matched', async () => {
    expect(await routeEvent(world, event)).toEqual([]);
    expect(world.unrouted).toBe(1);
  });

  it('notes that nothing matched when the destinations of all that matched are gone', async () => {
    world.connections = [connectionNo(1)];
    world.missing.add(idOf('dst', 1));
    expect(await routeEvent(world, event)).toEqual([]);
    expect(world.unrouted).toBe(1);
  });

  it('leaves out a connection whose destination is gone', async () => {
    world.connections = numbers(3).map((n) => connectionNo(n));
    world.missing.add(idOf('dst', 2));
    const due = await routeEvent(world, event);
    expect(due.map(({ destination }) => destination)).toEqual([idOf('dst', 1), idOf('dst', 3)]);
    expect(world.unrouted).toBe(0);
  });

  it('does a thousand connections, never more than a few dozen writes at once', async () => {
    world.connections = numbers(1000).map((n) => connectionNo(n));
    expect(await routeEvent(world, event)).toHaveLength(1000);
    expect(world.deliveries.size).toBe(1000);
    expect(world.mostAtOnce).toBeLessThanOrEqual(25);
  });

  it('fails when another run takes a place at the same moment, so that the stream comes back to it', async () => {
    world.connections = [connectionNo(1), connectionNo(2)];
    world.deliveries.set(2, deliveryOf({ ordinal: 2, connection: idOf('con', 9) }));
    await expect(routeEvent(world, event)).rejects.toThrow(PlaceTakenError);
  });

  it('takes a write for its own that the SDK repeated although it had succeeded', async () => {
    world.connections = [connectionNo(1), connectionNo(2)];
    world.deliveries.set(2, deliveryOf({ ordinal: 2, connection: idOf('con', 2) }));
    expect(await routeEvent(world, event)).toHaveLength(2);
  });

  it('fails when a write fails, so that the stream comes back to it', async () => {
    world.connections = numbers(5).map((n) => connectionNo(n));
    world.failAt = 3;
    await expect(routeEvent(world, event)).rejects.toThrow('throttled');
  });
});

describe('routing an event again', () => {
  it('makes nothing anew, and enqueues again what nobody has begun', async () => {
    world.connections = numbers(4).map((n) => connectionNo(n));
    const first = await routeEvent(world, event);
    world.deliveries.set(2, deliveryOf({ ordinal: 2, connection: idOf('con', 2), status: 'sent' }));
    world.deliveries.set(3, deliveryOf({ ordinal: 3, connection: idOf('con', 3), status: 'delivered', made: 1 }));
    const again = await routeEvent(world, event);
    expect(world.deliveries.size).toBe(4);
    expect(world.deliveries.get(3)?.status).toBe('delivered');
    expect(again).toEqual([first[0], first[3]]);
  });

  it('does not enqueue from here what was put back to pending: its own change does that', async () => {
    world.connections = [connectionNo(1)];
    world.deliveries.set(1, deliveryOf({ connection: idOf('con', 1), status: 'pending', made: 5 }));
    expect(await routeEvent(world, event)).toEqual([]);
  });

  it('does not enqueue a replay from here: its own change does that, once its schema has taken it', async () => {
    world.connections = [connectionNo(1)];
    world.deliveries.set(1, deliveryOf({ connection: idOf('con', 1), status: 'schema_failed', made: 1 }));
    world.deliveries.set(2, deliveryOf({ ordinal: 2, connection: idOf('con', 1), status: 'pending', cause: 'replay' }));
    expect(await routeEvent(world, event)).toEqual([]);
  });

  it('ends with one delivery for each connection, wherever the run before broke off', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), async (count, failAt) => {
        const world = new RoutingWorld();
        world.connections = numbers(count).map((n) => connectionNo(n));
        world.failAt = failAt;
        await routeEvent(world, event).catch(() => undefined);
        world.failAt = undefined;
        const due = await routeEvent(world, event);
        expect(world.routed().sort()).toEqual(numbers(count).map((n) => idOf('con', n)));
        expect(due.map(({ ordinal }) => ordinal).sort()).toEqual([...world.deliveries.keys()].sort());
      }),
      { numRuns: 40 },
    );
  });
});

describe('routing an event again after its connections changed', () => {
  it('gives a connection whose number is taken the next free one', async () => {
    world.connections = [connectionNo(1), connectionNo(2)];
    await routeEvent(world, event);
    world.connections = [connectionNo(3), connectionNo(1), connectionNo(2)];
    const due = await routeEvent(world, event);
    expect(world.routed()).toEqual([1, 2, 3].map((n) => idOf('con', n)));
    expect(due.map(({ ordinal, destination }) => [ordinal, destination]).sort()).toEqual(
      [1, 2, 3].map((n) => [n, idOf('dst', n)]),
    );
  });

  it('keeps and enqueues every delivery that was made, and never makes two for one connection', async () => {
    const set = fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(set, set, fc.option(fc.integer({ min: 1, max: 20 })), async (before, after, failAt) => {
        const world = new RoutingWorld();
        world.connections = before.map((n) => connectionNo(n));
        world.failAt = failAt ?? undefined;
        await routeEvent(world, event).catch(() => undefined);
        const made = world.routed();
        const untouched = new Set([...made, ...after.map((n) => idOf('con', n))]);
        world.connections = after.map((n) => connectionNo(n));
        world.failAt = undefined;
        const due = await routeEvent(world, event);
        const routed = world.routed();
        expect(routed).toEqual(expect.arrayContaining(made));
        expect(new Set(routed).size).toBe(routed.length);
        expect(routed).toEqual(expect.arrayContaining(after.map((n) => idOf('con', n))));
        expect(due.map(({ destination }) => destination.replace('dst', 'con')).sort()).toEqual([...untouched].sort());
      }),
      { numRuns: 100 },
    );
  });
});

describe('routing an event that took the place of one that has expired', () => {
  const LONG_AGO = '2020-01-01T00:00:00.000Z';
  /** What the table has not deleted yet of the deliveries of the earlier event. */
  const leave = (...ordinals: number[]) => {
    for (const n of ordinals) {
      const ids = { ordinal: n, connection: idOf('con', n), destination: idOf('dst', n) };
      world.deliveries.set(
        n,
        deliveryOf({ ...ids, base: event.base, status: 'delivered', made: 1, createdAt: LONG_AGO }),
      );
    }
  };

  it('makes all its deliveries behind those that are left over', async () => {
    world.connections = numbers(2).map((n) => connectionNo(n));
    leave(1, 2);
    const due = await routeEvent(world, event);
    expect(due.map(({ ordinal, destination }) => [ordinal, destination])).toEqual([
      [3, idOf('dst', 1)],
      [4, idOf('dst', 2)],
    ]);
  });

  it('takes none that is left over for its own, even over the same connection', async () => {
    world.connections = numbers(3).map((n) => connectionNo(n));
    leave(2);
    await expect(routeEvent(world, event)).rejects.toThrow(PlaceTakenError);
    const due = await routeEvent(world, event);
    const made = [...world.deliveries.values()].filter(({ createdAt }) => createdAt !== LONG_AGO);
    expect(made.map(({ connection }) => connection).sort()).toEqual([1, 2, 3].map((n) => idOf('con', n)));
    expect(due.map(({ destination }) => destination).sort()).toEqual([1, 2, 3].map((n) => idOf('dst', n)));
  });
});

describe('routing an event to a destination that takes nothing now', () => {
  const circuit = { state: 'open', token: 'x', openedAt: 1, trips: 1 } as const;
  const [waiting, wellAgain] = [idOf('dst', 1), idOf('dst', 2)];
  const parked = () => [...world.deliveries.values()].map(({ destination, status }) => [destination, status]);

  it.each([
    ['is paused', { status: 'paused' }],
    ['has an open circuit', { circuit: { ...circuit, probeAt: 2_000 } }],
  ] as const)('makes a delivery that waits from the beginning, and enqueues nothing, where it %s', async (_, state) => {
    world.connections = [connectionNo(1), connectionNo(2)];
    world.standing.set(waiting, state).set(wellAgain, state);
    world.standingNow.set(waiting, state);
    const due = await routeEvent(world, event);
    expect(parked()).toEqual([
      [waiting, 'circuit_open'],
      [wellAgain, 'pending'],
    ]);
    expect(due.map(({ destination }) => destination)).toEqual([wellAgain]);
    expect(await routeEvent(world, event)).toHaveLength(1);
  });

  it('enqueues one where a probe is due, and lets the others wait for what it finds', async () => {
    world.connections = [connectionNo(1), connectionNo(2, { destination: waiting }), connectionNo(3)];
    const probeDue = { circuit: { ...circuit, probeAt: 500 } };
    world.standing.set(waiting, probeDue);
    world.standingNow.set(waiting, probeDue);
    expect(await routeEvent(world, event)).toHaveLength(2);
    expect(parked()).toEqual([
      [waiting, 'pending'],
      [waiting, 'circuit_open'],
      [idOf('dst', 3), 'pending'],
    ]);
  });

  it('does not ask a destination again that was well some moments ago', async () => {
    world.connections = [connectionNo(1)];
    world.standingNow.set(waiting, { status: 'paused' });
    const readNow = vi.spyOn(world, 'readDestinationNow');
    expect(await routeEvent(world, event)).toHaveLength(1);
    expect(readNow).not.toHaveBeenCalled();
  });

  it('records what its schema refuses, which never waits', async () => {
    world.connections = [connectionNo(1, { schema: new Uint8Array([1]) })];
    world.standing.set(waiting, { status: 'paused' });
    world.standingNow.set(waiting, { status: 'paused' });
    world.problem = 'The payload is wrong';
    expect(await routeEvent(world, event)).toEqual([]);
    expect(parked()).toEqual([[waiting, 'schema_failed']]);
  });
});
