import { matchesAll } from '../domain/filter-rules';
import { MAX_ORDINAL } from '../domain/identifiers';
import type { DueAttempt } from '../queue/enqueue';
import type { Connection, Destination } from '../store/configuration';
import type { Delivery } from '../store/delivery-items';
import type { StoredEvent } from '../store/events';
import type { NewDelivery } from '../store/new-delivery';

/** What routing needs from the world. */
export interface RoutePorts {
  /** Connections of an environment in order of creation; consistent, so that a new one matches the next event. */
  listConnections(environment: string): Promise<readonly Connection[]>;
  readDestination(environment: string, id: string): Promise<Destination | undefined>;
  /** Writes a delivery unless its place is taken; answers with the one that has taken it. */
  putDelivery(delivery: NewDelivery): Promise<Delivery | undefined>;
  deliveriesOf(base: string): Promise<readonly Delivery[]>;
  markUnrouted(base: string): Promise<void>;
}

/**
 * Routes an event: one delivery for each connection that matches.
 *
 * It may run any number of times over the same event. Deliveries that exist are left as they are, and are enqueued again
 * only while nobody has begun them: a crash may have come before their message was sent.
 *
 * @returns the attempts that are to be enqueued
 */
export async function routeEvent(ports: RoutePorts, event: StoredEvent): Promise<DueAttempt[]> {
  const matching = await matchingConnections(ports, event);
  if (matching.length === 0) {
    await ports.markUnrouted(event.base);
    return [];
  }
  const placed = await inPools(matching, async (connection, index) => place(ports, event, connection, index + 1));
  const displaced = placed.flatMap(({ displaced }) => displaced ?? []);
  const late = await placeDisplaced(ports, event, displaced);
  return [...placed.flatMap(({ due }) => due ?? []), ...late];
}

/** The connections that match an event as they are now. */
export async function matchingConnections(
  ports: Pick<RoutePorts, 'listConnections'>,
  event: StoredEvent,
): Promise<Connection[]> {
  const connections = await ports.listConnections(event.environment);
  const subject = { body: lazyJson(event), headers: event.headers ?? {}, type: event.type };
  return connections
    .filter(({ enabled, source }) => enabled && (source === undefined || source === event.source))
    .filter(({ filterRules }) =>
      matchesAll(filterRules, { ...subject, body: filterRules.length > 0 ? subject.body() : undefined }),
    );
}

/** Parses the body when the first rule asks for it, and only once. A body that is no JSON has no members. */
function lazyJson(event: StoredEvent): () => unknown {
  let parsed: { readonly value: unknown } | undefined;
  return () => {
    parsed ??= { value: parseOrUndefined(event.body) };
    return parsed.value;
  };
}

function parseOrUndefined(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
}

/** A place that was asked for: an attempt is due there, or it is taken by another connection, or there is nothing to do. */
interface Placed {
  readonly due?: DueAttempt;
  readonly displaced?: Connection;
}

async function place(ports: RoutePorts, event: StoredEvent, connection: Connection, ordinal: number): Promise<Placed> {
  const destination = await ports.readDestination(event.environment, connection.destination);
  if (!destination) return {};
  const delivery = newDelivery(event, connection, destination, ordinal);
  const taken = await ports.putDelivery(delivery);
  if (taken && taken.connection !== connection.id) return { displaced: connection };
  if (taken && !isUntouched(taken)) return {};
  return { due: firstAttempt(delivery) };
}

const isUntouched = (delivery: Delivery): boolean => delivery.status === 'pending' && delivery.made === 0;

/**
 * Places connections whose ordinal is taken by another one. That happens when the connections changed between two runs
 * over the same event; each then gets the next free place, unless an earlier run gave it one.
 */
async function placeDisplaced(
  ports: RoutePorts,
  event: StoredEvent,
  displaced: readonly Connection[],
): Promise<DueAttempt[]> {
  if (displaced.length === 0) return [];
  const existing = await ports.deliveriesOf(event.base);
  const due = existing
    .filter((one) => isUntouched(one) && displaced.some(({ id }) => id === one.connection))
    .map(firstAttempt);
  let ordinal = Math.max(0, ...existing.map(({ delivery }) => delivery));
  for (const connection of displaced.filter(({ id }) => !existing.some((one) => one.connection === id))) {
    let placed: Placed;
    do {
      ordinal += 1;
      if (ordinal > MAX_ORDINAL) throw new RangeError('An event has no more than 65,535 deliveries.');
      placed = await place(ports, event, connection, ordinal);
    } while (placed.displaced);
    if (placed.due) due.push(placed.due);
  }
  return due;
}

function newDelivery(
  event: StoredEvent,
  connection: Connection,
  destination: Destination,
  ordinal: number,
): NewDelivery {
  const { base, organization, environment, source, retryAt } = event;
  // A delivery that was not made when the event came is as old as the call that asked for it.
  const createdAt = retryAt === undefined ? event.createdAt : new Date(retryAt).toISOString();
  return {
    ...{ base, organization, environment, source, createdAt },
    delivery: ordinal,
    connection: connection.id,
    destination: connection.destination,
    cause: 'auto',
    maxAttempts: destination.retryPolicy.maxAttempts,
  };
}

/** The attempt that a delivery without attempts has due. */
function firstAttempt({ base, delivery, environment, destination }: NewDelivery | Delivery): DueAttempt {
  return { base, delivery, environment, destination, attempt: 1 };
}

/** How many writes of one event are under way at once. */
const WRITES_AT_ONCE = 25;

/** Maps in pools of {@link WRITES_AT_ONCE}, in order. */
async function inPools<Item, Result>(
  items: readonly Item[],
  map: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += WRITES_AT_ONCE) {
    const pool = items.slice(start, start + WRITES_AT_ONCE);
    results.push(...(await Promise.all(pool.map((item, index) => map(item, start + index)))));
  }
  return results;
}
