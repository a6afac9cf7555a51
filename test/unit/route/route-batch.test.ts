import type { DynamoDBRecord } from 'aws-lambda';
import { beforeEach, describe, expect, it } from 'vitest';
import { type BatchPorts, routeBatch } from '../../../lambdas/functions/route/route-batch';
import type { DueAttempt } from '../../../lambdas/queue/enqueue';
import { deliveryItem, eventItem, marshalled } from '../support/items';
import { DESTINATION, deliveryOf, destinationOf, eventOf } from '../support/records';
import { connectionNo } from '../support/routing-world';

/** A record of the table's stream, as Lambda hands it over: JSON, with bytes in base64. */
function recordOf(number: string, item: Record<string, unknown>): DynamoDBRecord {
  const image = JSON.parse(
    JSON.stringify(marshalled(item), (_, value) =>
      value?.type === 'Buffer' ? Buffer.from(value.data).toString('base64') : value,
    ),
  );
  return { eventName: 'INSERT', dynamodb: { SequenceNumber: number, NewImage: image } };
}

const eventRecord = (n: number) => recordOf(String(n), eventItem(eventOf({ base: n.toString(16).padStart(24, '0') })));

interface BatchWorld extends BatchPorts {
  readonly reported: [string, unknown][];
  readonly aside: DynamoDBRecord[];
  readonly enqueued: DueAttempt[];
  lists: number;
  refuse(due: DueAttempt): boolean;
}

/** Two connections, room for every delivery, and a queue that refuses what it is told to. */
function newWorld(): BatchWorld {
  const world: BatchWorld = {
    reported: [],
    aside: [],
    enqueued: [],
    lists: 0,
    refuse: () => false,
    listConnections: async () => {
      world.lists += 1;
      return [connectionNo(1), connectionNo(2)];
    },
    readDestination: async (_, id) => destinationOf({ id }),
    readDestinationNow: async (_, id) => destinationOf({ id }),
    putDelivery: async () => undefined,
    deliveriesOf: async () => [],
    markUnrouted: async () => undefined,
    readEvent: async () => undefined,
    validatorFor: () => async () => undefined,
    refuseDelivery: async () => undefined,
    enqueueAll: async (due) => {
      const refused = due.filter((one) => world.refuse(one));
      world.enqueued.push(...due.filter((one) => !world.refuse(one)));
      return { refused, errors: refused.map(() => new Error('SQS refused a message')) };
    },
    restart: async () => ({ kind: 'done' }),
    now: () => 0,
    setAside: async (record) => void world.aside.push(record),
    report: (sequenceNumber, error) => void world.reported.push([sequenceNumber, error]),
  };
  return world;
}

let world: BatchWorld;
beforeEach(() => {
  world = newWorld();
});

describe('a batch of stream records', () => {
  it('is routed together: one read of the connections, one round of sending', async () => {
    const records = Array.from({ length: 10 }, (_, n) => eventRecord(n));
    expect(await routeBatch(world, records)).toEqual([]);
    expect(world.lists).toBe(1);
    expect(world.enqueued).toHaveLength(20);
  });

  it('sets aside the record that cannot be read, and routes the others', async () => {
    const broken = recordOf('2', { pk: 'EVT#x', sk: 'EVT' });
    expect(await routeBatch(world, [eventRecord(1), broken, eventRecord(3)])).toEqual([]);
    expect(world.enqueued).toHaveLength(4);
    expect(world.aside).toEqual([broken]);
  });

  it('fails by the records whose messages were refused, each named once', async () => {
    world.refuse = ({ base }) => base.endsWith('2');
    expect(await routeBatch(world, [eventRecord(1), eventRecord(2), eventRecord(3)])).toEqual(['2']);
    expect(world.reported.map(([number]) => number)).toEqual(['2', '2']);
    expect(world.enqueued).toHaveLength(4);
  });

  it('fails as a whole when the connections cannot be read', async () => {
    world.listConnections = async () => {
      throw new Error('throttled');
    };
    expect(await routeBatch(world, [eventRecord(1), eventRecord(2)])).toEqual(['1', '2']);
  });

  it('enqueues a delivery that was put back to pending, with the attempt that follows', async () => {
    const delivery = deliveryOf({ ordinal: 3, status: 'pending', made: 5, roundStart: 5 });
    expect(await routeBatch(world, [recordOf('1', deliveryItem(delivery))])).toEqual([]);
    expect(world.enqueued).toMatchObject([{ ordinal: 3, attempt: 6, destination: DESTINATION }]);
    expect(world.lists).toBe(1);
  });

  it('leaves alone a delivery that is not pending', async () => {
    await routeBatch(world, [recordOf('1', deliveryItem(deliveryOf({ status: 'sent' })))]);
    expect(world.enqueued).toEqual([]);
  });

  it('reads the configuration anew for the next batch', async () => {
    await routeBatch(world, [eventRecord(1)]);
    await routeBatch(world, [eventRecord(2)]);
    expect(world.lists).toBe(2);
  });
});
