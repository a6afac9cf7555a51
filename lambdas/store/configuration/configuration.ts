import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { DEDUP_STRATEGIES } from '../../domain/deduplication';
import { FILTER_OPERATORS } from '../../domain/filter-rules';
import { isConfigurationId } from '../../domain/identifiers';
import { SIGNATURE_ENCODINGS, VERIFICATION_TYPES } from '../../domain/source-verification';
import { once } from '../../runtime/once';
import {
  connectionKey,
  destinationKey,
  environmentPk,
  type Key,
  sourceAddressKey,
  sourceKey,
} from '../table/addresses';
import { getRecentItem, queryAll } from '../table/reads';
import { bytes, type Table } from '../table/table';
import { transact } from '../table/transact';

const owned = once(() => ({
  id: z.string(),
  organization: z.string(),
  environment: z.string(),
  name: z.string(),
  /** ISO 8601. */
  createdAt: z.string(),
  updatedAt: z.string(),
}));

const source = once(() =>
  z.object({
    ...owned(),
    slug: z.string(),
    template: z.optional(z.string()),
    status: z.enum(['active', 'disabled']),
    /** How the sender signs; absent: nothing is verified. Its secrets are written and never shown. */
    verification: z.optional(
      z.object({
        type: z.enum(VERIFICATION_TYPES),
        header: z.string(),
        encoding: z.enum(SIGNATURE_ENCODINGS),
        prefix: z.string(),
        toleranceSeconds: z.number(),
        secrets: z.array(z.string()).check(z.minLength(1)),
      }),
    ),
    /** What makes a request a repetition; absent: nothing does. */
    deduplication: z.optional(
      z.object({ strategy: z.enum(DEDUP_STRATEGIES), header: z.optional(z.string()), windowSeconds: z.number() }),
    ),
  }),
);

/** Where events come in without a key: its id is its address. */
export type Source = z.output<ReturnType<typeof source>>;

/** Credentials that a destination is called with. They are written once and never shown again. */
export const destinationAuth = once(() =>
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('none') }),
    z.object({ type: z.literal('basic'), username: z.string(), password: z.string() }),
    z.object({ type: z.literal('bearer_token'), token: z.string() }),
    z.object({ type: z.literal('api_key'), header: z.string(), key: z.string() }),
  ]),
);

const retryPolicy = (maxAttempts = z.int()) =>
  z.union([
    z.object({ maxAttempts, schedule: z.readonly(z.array(z.number())) }),
    z.object({
      maxAttempts,
      exponential: z.object({ initialSeconds: z.number(), factor: z.number(), maxSeconds: z.number() }),
    }),
  ]);

const tripped = () => ({ token: z.string(), openedAt: z.number(), trips: z.int() });
const circuit = () =>
  z.discriminatedUnion('state', [
    z.object({ state: z.literal('open'), ...tripped(), probeAt: z.number() }),
    z.object({ state: z.literal('half_open'), ...tripped(), probeUntil: z.number() }),
  ]);

const destination = once(() =>
  z.object({
    ...owned(),
    slug: z.string(),
    url: z.string(),
    /** Where every event goes besides; absent when nowhere. */
    mirrorUrls: z.optional(z.readonly(z.array(z.string()))),
    method: z.enum(['POST', 'PUT', 'PATCH']),
    headers: z.record(z.string(), z.string()),
    auth: destinationAuth(),
    timeoutMs: z.number(),
    retryPolicy: retryPolicy(),
    /** Requests a second; absent: as fast as they come. */
    rateLimit: z.optional(z.number().check(z.positive())),
    status: z.enum(['active', 'paused']),
    /** `gone` when a 410 paused it, `operator` when a call did. */
    pausedBecause: z.optional(z.enum(['gone', 'operator'])),
    /** ISO 8601; only while paused. */
    pausedAt: z.optional(z.string()),
    /** Since it was resumed or its circuit closed, parked deliveries may be waiting for the sweep; epoch milliseconds. */
    drainingSince: z.optional(z.number()),
    /** Failed attempts in a row, as far as they are known: while the circuit is closed other workers may be ahead. */
    failures: z.optional(z.int()),
    /** The breaker's state; absent while it is closed, and while the destination is paused. */
    circuit: z.optional(circuit()),
    /** `whsec_…`, the newest first. */
    signingSecrets: z.readonly(z.array(z.string()).check(z.minLength(1))),
    /** Earlier secrets that sign besides until they end; some may have ended. */
    retiringSecrets: z.optional(z.readonly(z.array(z.object({ secret: z.string(), until: z.string() })))),
  }),
);

/** Where deliveries go. */
export type Destination = z.output<ReturnType<typeof destination>>;

const connection = once(() =>
  z.object({
    ...owned(),
    /** Absent: every source, and events published without one. */
    source: z.optional(z.string()),
    destination: z.string(),
    description: z.optional(z.string()),
    filterRules: z.array(
      z.object({ field: z.string(), operator: z.enum(FILTER_OPERATORS), value: z.optional(z.unknown()) }),
    ),
    /** JSON Schema that payloads have to match, packed (see schema-codec); absent: all do. */
    schema: z.optional(bytes),
    enabled: z.boolean(),
  }),
);

/** Says which events go to which destination. */
export type Connection = z.output<ReturnType<typeof connection>>;

/** DynamoDB refuses longer sort keys. A caller may ask for an id of any length; nothing is stored under such a one. */
const MAX_SORT_KEY_BYTES = 1024;

const canExist = ({ sk }: Key): boolean => Buffer.byteLength(sk) <= MAX_SORT_KEY_BYTES;
/** Reads configuration from its item. */
export const parseSource = (item: unknown): Source => source().parse(item);
export const parseDestination = (item: unknown): Destination => destination().parse(item);
export const parseConnection = (item: unknown): Connection => connection().parse(item);

async function getItem(table: Table, Key: Key, ConsistentRead = true): Promise<unknown> {
  if (!canExist(Key)) return undefined;
  const { Item } = await table.documents.send(new GetCommand({ TableName: table.name, Key, ConsistentRead }));
  return Item;
}

const putNew = (table: Table, key: Key, item: object) => ({
  TableName: table.name,
  Item: { ...key, ...item },
  ConditionExpression: 'attribute_not_exists(pk)',
});

/** Writes a new source, and the address by which ingest finds its environment. */
export async function putSource(table: Table, item: Source): Promise<void> {
  const { id, environment } = item;
  const { kind } = await transact(table, [
    { Put: putNew(table, sourceKey(environment, id), item) },
    { Put: putNew(table, sourceAddressKey(id), { environment }) },
  ]);
  if (kind === 'refused') throw new Error(`There is a source ${id} already.`);
}

export async function getSource(table: Table, environment: string, id: string): Promise<Source | undefined> {
  const item = isConfigurationId(id, 'src') ? await getItem(table, sourceKey(environment, id)) : undefined;
  return item === undefined ? undefined : source().parse(item);
}

/** A source by nothing but its id. */
export async function findSource(table: Table, id: string): Promise<Source | undefined> {
  const address = await getItem(table, sourceAddressKey(id));
  if (address === undefined) return undefined;
  return getSource(table, z.object({ environment: z.string() }).parse(address).environment, id);
}

export async function listSources(table: Table, environment: string): Promise<Source[]> {
  return (await queryAll(table, environmentPk(environment), 'SRC#')).map((item) => source().parse(item));
}

export async function putDestination(table: Table, item: Destination): Promise<void> {
  await table.documents.send(new PutCommand(putNew(table, destinationKey(item.environment, item.id), item)));
}

export async function getDestination(table: Table, environment: string, id: string): Promise<Destination | undefined> {
  const item = isConfigurationId(id, 'dst') ? await getItem(table, destinationKey(environment, id)) : undefined;
  return item === undefined ? undefined : destination().parse(item);
}

/**
 * A destination as it was a moment ago, at half the price of {@link getDestination}. One that was made in this moment is found.
 */
export async function getRecentDestination(
  table: Table,
  environment: string,
  id: string,
): Promise<Destination | undefined> {
  const item = isConfigurationId(id, 'dst') ? await getRecentItem(table, destinationKey(environment, id)) : undefined;
  return item === undefined ? undefined : destination().parse(item);
}

export async function listDestinations(table: Table, environment: string): Promise<Destination[]> {
  return (await queryAll(table, environmentPk(environment), 'DST#')).map((item) => destination().parse(item));
}

/** Conditions that what a connection joins exists, for the transaction that writes it. */
export function connectionReferences(
  table: Table,
  { environment, source, destination }: Partial<Connection> & Pick<Connection, 'environment'>,
) {
  const keys = [
    ...(source === undefined ? [] : [sourceKey(environment, source)]),
    ...(destination === undefined ? [] : [destinationKey(environment, destination)]),
  ];
  const ConditionExpression = 'attribute_exists(pk)';
  return keys.map((Key) => ({ ConditionCheck: { TableName: table.name, Key: { ...Key }, ConditionExpression } }));
}

/**
 * Writes a new connection.
 *
 * @returns false when what it joins does not exist, or was deleted in this moment
 */
export async function putConnection(table: Table, item: Connection): Promise<boolean> {
  const Put = putNew(table, connectionKey(item.environment, item.id), item);
  return (await transact(table, [{ Put }, ...connectionReferences(table, item)])).kind === 'done';
}

export async function getConnection(table: Table, environment: string, id: string): Promise<Connection | undefined> {
  const item = isConfigurationId(id, 'con') ? await getItem(table, connectionKey(environment, id)) : undefined;
  return item === undefined ? undefined : connection().parse(item);
}

/** All connections of an environment in order of creation, strongly consistent: a new one matches the next event. */
export async function listConnections(table: Table, environment: string): Promise<Connection[]> {
  return (await queryAll(table, environmentPk(environment), 'CON#')).map((item) => connection().parse(item));
}
