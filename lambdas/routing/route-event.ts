import type { Connection } from '../configuration/connection';
import type { Destination } from '../configuration/destination';
import { matchesAll } from '../domain/filter-rules';
import { MAX_ORDINAL } from '../domain/identifiers';
import type { Validate } from '../payload-schemas/validators';
import type { DueAttempt } from '../queue/enqueue';
import { inPools } from '../runtime/pools';
import type { Delivery } from '../store/deliveries/delivery-items';
import type { NewDelivery } from '../store/deliveries/new-delivery';
import type { StoredEvent } from '../store/events/events';
import type { IsParked } from './is-parked';
import { lazyJson } from './payload';

/** How many reads or writes for one event run at a time. */
const AT_ONCE = 25;

/** What routing needs from outside. */
export interface RoutePorts {
  /** Connections of an environment in order of creation; consistent, so that a new one matches the next event. */
  listConnections(environment: string): Promise<readonly Connection[]>;
  /** A destination, at most some seconds old. */
  readDestination(environment: string, id: string): Promise<Destination | undefined>;
  readonly isParked: IsParked;
  /** Writes a delivery unless its ordinal is taken; returns the one that has it already. */
  putDelivery(delivery: NewDelivery): Promise<Delivery | undefined>;
  deliveriesOf(base: string): Promise<readonly Delivery[]>;
  markUnrouted(base: string): Promise<void>;
  /** Applies schemas to one payload. */
  validatorFor(payload: ReturnType<typeof lazyJson>): Validate;
}

/** A connection that an event matches, and where it leads. */
interface Match {
  readonly connection: Connection;
  readonly destination: Destination;
  /** Why the connection's schema refuses the event. */
  readonly refusal?: string | undefined;
  readonly parked: boolean;
}

/**
 * Routes an event: one delivery for each connection that matches.
 *
 * It may run any number of times for the same event, with different connections each time: an earlier run may have
 * crashed before its last write, or before a message was sent. The first ordinal is taken before all others, so it
 * shows whether an earlier run got anywhere. Existing deliveries stay as they are, and only missing ones are added.
 *
 * @returns the attempts to enqueue
 */
export async function routeEvent(ports: RoutePorts, event: StoredEvent): Promise<DueAttempt[]> {
  const payload = lazyJson(event);
  const connections = await matchingConnections(ports, event, payload);
  const matches = await validated(ports.validatorFor(payload), await withDestinations(ports, connections));
  const [first, ...others] = matches;
  if (!first) return routeNowhere(ports, event);
  const delivery = newDelivery(event, first, 1);
  if (await ports.putDelivery(delivery)) return continueRouting(ports, event, matches);
  return [...dueOf(delivery), ...(await placeAll(ports, event, others, 2))];
}

async function routeNowhere(ports: RoutePorts, event: StoredEvent): Promise<DueAttempt[]> {
  await ports.markUnrouted(event.base);
  return continueRouting(ports, event, []);
}

/** Adds the deliveries that an earlier run did not get to, and enqueues those that nobody has started. */
async function continueRouting(
  ports: RoutePorts,
  event: StoredEvent,
  matches: readonly Match[],
): Promise<DueAttempt[]> {
  const found = await ports.deliveriesOf(event.base);
  const existing = found.filter((one) => !isLeftOver(one, event));
  const missing = matches.filter(({ connection }) => !existing.some((one) => one.connection === connection.id));
  const free = Math.max(0, ...found.map(({ ordinal }) => ordinal)) + 1;
  return [...existing.filter(isUntouched).map(firstAttempt), ...(await placeAll(ports, event, missing, free))];
}

/** Another run is routing the same event right now. The stream repeats the record, and finds what that run made. */
export class PlaceTakenError extends Error {
  override readonly name = 'PlaceTakenError';
}

/** Writes deliveries under the ordinals from `start` on. */
async function placeAll(
  ports: RoutePorts,
  event: StoredEvent,
  matches: readonly Match[],
  start: number,
): Promise<DueAttempt[]> {
  if (start + matches.length - 1 > MAX_ORDINAL) throw new RangeError('An event has no more than 65,535 deliveries.');
  const placed = await inPools(matches, AT_ONCE, async (match, index) => {
    const delivery = newDelivery(event, match, start + index);
    const taken = await ports.putDelivery(delivery);
    // Taken by this very delivery: the SDK repeated a write that had succeeded.
    const byItself = taken?.connection === match.connection.id && !isLeftOver(taken, event);
    if (taken && !byItself) throw new PlaceTakenError('The place is taken.');
    return taken ? [taken].filter(isUntouched).map(firstAttempt) : dueOf(delivery);
  });
  return placed.flat();
}

/**
 * Whether a delivery belongs to an earlier event with the same base. When a key is used again, the new event replaces
 * the expired one, whose deliveries the table may delete days later.
 */
const isLeftOver = (delivery: Delivery, event: StoredEvent): boolean => delivery.createdAt < event.createdAt;

/** Deliveries refused by a schema are never sent; parked ones are enqueued when they are resumed. */
const dueOf = (delivery: NewDelivery): DueAttempt[] =>
  delivery.refusal === undefined && !delivery.parked ? [firstAttempt(delivery)] : [];

/** One after the other, because they share the event's budget of work. */
async function validated(validate: Validate, matches: readonly Match[]): Promise<readonly Match[]> {
  if (matches.every(({ connection }) => connection.schema === undefined)) return matches;
  const checked: Match[] = [];
  for (const match of matches) {
    const { schema } = match.connection;
    checked.push({ ...match, refusal: schema && (await validate(schema)) });
  }
  return checked;
}

/** Leaves out connections whose destination was deleted. */
async function withDestinations(ports: RoutePorts, connections: readonly Connection[]): Promise<Match[]> {
  const found = await inPools(connections, AT_ONCE, async (connection) => {
    const destination = await ports.readDestination(connection.environment, connection.destination);
    return destination && { connection, destination, parked: await ports.isParked(destination) };
  });
  return found.filter((match) => match !== undefined);
}

/** The connections that match an event as they are now. */
export async function matchingConnections(
  ports: Pick<RoutePorts, 'listConnections'>,
  event: StoredEvent,
  payload = lazyJson(event),
): Promise<Connection[]> {
  const connections = await ports.listConnections(event.environment);
  const subject = { headers: event.headers ?? {}, type: event.type };
  return connections
    .filter(({ enabled, source }) => enabled && (source === undefined || source === event.source))
    .filter(({ filterRules }) =>
      matchesAll(filterRules, { ...subject, body: filterRules.length > 0 ? payload()?.value : undefined }),
    );
}

/** Whether routing made a delivery that nobody has begun. A replay is enqueued by its own change, after its schema has taken it. */
const isUntouched = ({ status, made, cause }: Delivery): boolean =>
  status === 'pending' && made === 0 && cause === 'auto';

function newDelivery(
  event: StoredEvent,
  { connection, destination, refusal, parked }: Match,
  ordinal: number,
): NewDelivery {
  const { base, organization, environment, source, retryAt } = event;
  // A delivery that was not made when the event came in dates from the call that asked for it.
  const createdAt = retryAt === undefined ? event.createdAt : new Date(retryAt).toISOString();
  return {
    base,
    organization,
    environment,
    source,
    createdAt,
    ...(retryAt !== undefined && { receivedAt: event.createdAt }),
    ordinal,
    connection: connection.id,
    destination: connection.destination,
    cause: 'auto',
    maxAttempts: destination.retryPolicy.maxAttempts,
    refusal,
    parked,
  };
}

/** The first attempt of a delivery. */
function firstAttempt({ base, ordinal, environment, destination }: NewDelivery | Delivery): DueAttempt {
  return { base, ordinal, environment, destination, attempt: 1 };
}
