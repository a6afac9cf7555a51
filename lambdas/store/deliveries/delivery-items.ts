import * as z from 'zod/mini';
import { ERROR_CODES } from '../../domain/attempt';
import { DELIVERY_STATUSES, type DeliveryStatus, needsAttention, TRIGGERS } from '../../domain/delivery';
import { once } from '../../runtime/once';
import { attentionPk, parkedPk, readDeliveryKey, shardOf, timeKey } from '../table/addresses';
import { expandDelivery } from '../table/compact-items';
import { bytes } from '../table/table';

const attempt = once(() =>
  z.object({
    /** Counted over all rounds, from 1. */
    number: z.int(),
    trigger: z.enum(TRIGGERS),
    /** Milliseconds since the epoch. */
    startedAt: z.number(),
    latencyMs: z.number(),
    statusCode: z.optional(z.number()),
    errorCode: z.optional(z.enum(ERROR_CODES)),
    errorMessage: z.optional(z.string()),
    /** Packed; see attempt-detail. Absent when nothing was sent. */
    detail: z.optional(bytes),
  }),
);

/** An attempt that was made. */
export type StoredAttempt = z.output<ReturnType<typeof attempt>>;

/** Reads an attempt from its item or from within its delivery. */
export const parseAttempt = (raw: unknown): StoredAttempt => attempt().parse(raw);

const summary = once(() =>
  z.pick(attempt(), { statusCode: true, latencyMs: true, errorCode: true, errorMessage: true }),
);

const item = once(() =>
  z.object({
    pk: z.string(),
    sk: z.string(),
    /** Identifiers of its organization, environment, source, connection and destination. */
    org: z.string(),
    env: z.string(),
    src: z.optional(z.string()),
    con: z.string(),
    dst: z.string(),
    status: z.enum(DELIVERY_STATUSES),
    /** Why the current round of attempts was started. */
    cause: z.enum(TRIGGERS),
    /** Attempts made, over all rounds. */
    made: z.int(),
    /** Attempts made before the current round. */
    roundStart: z.int(),
    /** Attempts that its round may take, as of its latest attempt. */
    maxAttempts: z.int(),
    /** When the next attempt is due; only while it is retrying. */
    nextAttemptAt: z.optional(z.number()),
    /** The claim that the current attempt is made under, and when it expires. */
    claimId: z.optional(z.string()),
    claimUntil: z.optional(z.number()),
    /** How often the current attempt was claimed; more than once only if a worker failed. */
    claims: z.optional(z.int()),
    /** Token and id of the message that it died by; see domain/message. */
    deathToken: z.optional(z.string()),
    deathMessageId: z.optional(z.string()),
    /** The recovery that started one of its rounds, if any. */
    recovery: z.optional(z.string()),
    /** Marks of the targets that have accepted while others have not; see domain/targets. */
    accepted: z.optional(z.readonly(z.array(z.string()))),
    createdAt: z.string(),
    /** When the event came in, if the delivery was made later: by a requeue or a replay. */
    receivedAt: z.optional(z.string()),
    updatedAt: z.number(),
    deliveredAt: z.optional(z.number()),
    /** The first attempt, stored here because most deliveries need no other. */
    first: z.optional(attempt()),
    /** Figures of the latest attempt, if it is not the first. */
    last: z.optional(summary()),
  }),
);

/** A delivery of an event over a connection. Times are ISO 8601 where text, milliseconds since the epoch where numbers. */
export interface Delivery
  extends Omit<z.output<ReturnType<typeof item>>, 'pk' | 'sk' | 'org' | 'env' | 'src' | 'con' | 'dst'> {
  readonly base: string;
  readonly ordinal: number;
  readonly organization: string;
  readonly environment: string;
  readonly source?: string | undefined;
  readonly connection: string;
  readonly destination: string;
}

/** Reads a delivery from its item. */
export function parseDelivery(raw: unknown): Delivery {
  const { pk, sk, org, env, src, con, dst, ...rest } = item().parse(expandDelivery(raw));
  const key = readDeliveryKey({ pk, sk });
  if (!key) throw new TypeError(`${sk} is not the sort key of a delivery.`);
  return { ...rest, ...key, organization: org, environment: env, source: src, connection: con, destination: dst };
}

/** Attempts made in the current round: what the surfaces call the attempt count. */
export const attemptsInRound = (delivery: Pick<Delivery, 'made' | 'roundStart'>): number =>
  delivery.made - delivery.roundStart;

/** The `attention` index keys of a delivery in `status`; none for common statuses. */
export function attentionKeys(
  ordinal: Pick<Delivery, 'environment' | 'destination' | 'base' | 'createdAt' | 'ordinal'>,
  status: DeliveryStatus,
  shards: number,
): AttentionKeys | undefined {
  if (!needsAttention(status)) return undefined;
  const { environment, base, createdAt, destination } = ordinal;
  const parked = status === 'circuit_open';
  return {
    attPk: parked ? parkedPk(destination) : attentionPk(environment, status, shardOf(base, shards)),
    attSk: timeKey(createdAt, base, ordinal.ordinal),
  };
}

export interface AttentionKeys {
  readonly attPk: string;
  readonly attSk: string;
}
