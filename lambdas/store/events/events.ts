import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { once } from '../../runtime/once';
import { eventKey, shardOf, timeKey, timelinePk } from '../table/addresses';
import { compactEvent, expandEvent } from '../table/compact-items';
import { writeIf } from '../table/conditions';
import { itemBytes } from '../table/item-size';
import { putNew } from '../table/put-new';
import { getRecentItem } from '../table/reads';
import { bytes, type Table } from '../table/table';
import { packBody, unpackBody } from './body-codec';

/** An event: what was published or ingested, byte for byte. */
export interface StoredEvent {
  readonly base: string;
  readonly organization: string;
  readonly environment: string;
  readonly source?: string | undefined;
  readonly type?: string | undefined;
  readonly contentType: string;
  /** Request headers of a source ingest, names in lower case, without credentials. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body: Uint8Array;
  /** The caller's own id for the event, if one was given. */
  readonly externalId?: string | undefined;
  /** SHA-256 of the publishing request, if the caller made it repeatable. */
  readonly fingerprint?: string | undefined;
  /** ISO 8601. */
  readonly createdAt: string;
  /** Routing sets `no_routes` if no connection matched; a retry of the event sets `requested`. */
  readonly routing?: 'no_routes' | 'requested' | undefined;
  /** When a retry was asked for last, milliseconds since the epoch. */
  readonly retryAt?: number | undefined;
  /** The signature of its sender was verified. */
  readonly verified?: true | undefined;
  /** The latest event under the same key, if this is the first one and there was another. `at` is ISO 8601. */
  readonly latest?:
    | { readonly base: string; readonly at: string; readonly fingerprint?: string | undefined }
    | undefined;
  /** When the table deletes it, in seconds since the epoch; present on events that were read. */
  readonly expiresAt?: number | undefined;
}

const item = once(() =>
  z.object({
    pk: z.string(),
    /** Identifiers of its organization, environment and source. */
    org: z.string(),
    env: z.string(),
    src: z.optional(z.string()),
    type: z.optional(z.string()),
    contentType: z.string(),
    headers: z.optional(z.record(z.string(), z.string())),
    externalId: z.optional(z.string()),
    fingerprint: z.optional(z.string()),
    createdAt: z.string(),
    routing: z.optional(z.enum(['no_routes', 'requested'])),
    retryAt: z.optional(z.number()),
    verified: z.optional(z.literal(true)),
    latest: z.optional(z.object({ base: z.string(), at: z.string(), fingerprint: z.optional(z.string()) })),
    expiresAt: z.optional(z.number()),
  }),
);

/** The body, compressed with Brotli (`br`) if that saves a write unit. */
const storedBody = once(() => z.union([z.object({ br: bytes }), z.object({ body: bytes })]));

/** Reads an event from its item. */
export function parseEvent(raw: unknown): StoredEvent {
  const { pk, org, env, src, ...rest } = item().parse(expandEvent(raw));
  const body = unpackBody(storedBody().parse(raw));
  return { ...rest, base: pk.slice(4), organization: org, environment: env, source: src, body };
}

/** The item of a new event. */
export function newEventItem(event: StoredEvent, shards: number, retentionDays: number) {
  const { base, organization, environment, source, body, ...rest } = event;
  const lean = compactEvent({
    ...eventKey(base),
    ...rest,
    org: organization,
    env: environment,
    src: source,
    tlPk: timelinePk(environment, 'EVT', shardOf(base, shards)),
    tlSk: timeKey(event.createdAt, base),
    expiresAt: expiry(Date.parse(event.createdAt), retentionDays),
  });
  return { ...lean, ...packBody(body, itemBytes(lean)) };
}

/** When an item of time `at` (milliseconds) expires, in seconds since the epoch as the TTL attribute wants it. */
export function expiry(at: number, retentionDays: number): number {
  return Math.floor(at / 1000) + retentionDays * 86_400;
}

/**
 * Accepts an event with exactly one conditional write; routing follows from the table's stream.
 *
 * @returns undefined when the event was stored, else the event that already has this identifier
 */
export async function putEvent(
  table: Table,
  event: StoredEvent,
  settings: { readonly shards: number; readonly retentionDays: number },
): Promise<StoredEvent | undefined> {
  return putNew(table, newEventItem(event, settings.shards, settings.retentionDays), parseEvent);
}

/** Reads an event, at half the price unless it was written just now. */
export async function getEvent(table: Table, base: string): Promise<StoredEvent | undefined> {
  const item = await getRecentItem(table, eventKey(base));
  return item === undefined ? undefined : parseEvent(item);
}

/** Records that no connection matched an event. */
export async function markUnrouted(table: Table, base: string): Promise<void> {
  const command = new UpdateCommand({
    TableName: table.name,
    Key: eventKey(base),
    UpdateExpression: 'SET routing = :none',
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeValues: { ':none': 'no_routes' },
  });
  // Refused: deleted by its TTL in the meantime, so there is nothing left to say about it.
  await writeIf(table, command);
}

/**
 * Requests that an event be retried. This one write is enough: the table's stream carries it to routing.
 *
 * @param now milliseconds since the epoch
 * @returns false when the event is gone
 */
export async function requestRetry(table: Table, base: string, now: number): Promise<boolean> {
  const command = new UpdateCommand({
    TableName: table.name,
    Key: eventKey(base),
    UpdateExpression: 'SET routing = :requested, retryAt = :now',
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeValues: { ':requested': 'requested', ':now': now },
  });
  return (await writeIf(table, command)).kind === 'done';
}
