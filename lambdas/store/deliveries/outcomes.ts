import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { TRANSITIONS, type Transition } from '../../domain/delivery';
import { pauseChange } from '../configuration/destination-status';
import { expiry } from '../events/events';
import {
  attemptKey,
  attentionPk,
  byDestinationPk,
  deadLetterKey,
  deliveryKey,
  destinationKey,
  shardOf,
  timeKey,
  timelinePk,
} from '../table/addresses';
import { EXISTS, RETURN_OLD, writeIf } from '../table/conditions';
import { updateOf, withCondition } from '../table/expressions';
import type { Table } from '../table/table';
import { CONDITION_FAILED, type TransactItems, transact } from '../table/transact';
import { attemptsInRound, attentionKeys, type Delivery, ownerAttributes, type StoredAttempt } from './delivery-items';

/** What followed from an attempt; times in milliseconds since the epoch. */
export type Outcome =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'retry'; readonly nextAttemptAt: number }
  | {
      readonly kind: 'dead';
      /** Id and token of the message that SQS will move to the dead-letter queue. */
      readonly messageId: string;
      readonly token: string;
      readonly pauseDestination: boolean;
    };

/** An attempt to be recorded under its claim. */
export interface AttemptRecord {
  readonly delivery: Delivery;
  readonly claimId: string;
  readonly attempt: StoredAttempt;
  readonly maxAttempts: number;
  readonly outcome: Outcome;
  readonly now: number;
  /** Marks of all targets that have accepted so far, if there are several; else the delivery's own stay. */
  readonly accepted?: readonly string[] | undefined;
}

export interface RecordSettings {
  readonly shards: number;
  readonly retentionDays: number;
}

function transitionOf({ kind }: Outcome, accepted: readonly string[]): Transition {
  if (kind === 'dead') return accepted.length > 0 ? 'exhaustPartly' : 'exhaust';
  return kind === 'delivered' ? 'deliver' : 'reschedule';
}

/** Attributes that only a claimed, retrying or rare delivery has. */
const TRANSIENT = ['claimId', 'claimUntil', 'claims', 'nextAttemptAt', 'attPk', 'attSk', 'accepted'];

/** The update of the delivery, conditional on the claim. */
export function recordParameters(table: string, record: AttemptRecord, settings: RecordSettings) {
  const { delivery, attempt, outcome, now } = record;
  const accepted = record.accepted ?? delivery.accepted ?? [];
  const status = TRANSITIONS[transitionOf(outcome, accepted)].to;
  const set = {
    status,
    made: attempt.number,
    maxAttempts: record.maxAttempts,
    updatedAt: now,
    expiresAt: expiry(now, settings.retentionDays),
    ...latestAttempt(attempt),
    ...attentionKeys(delivery, status, settings.shards),
    ...(outcome.kind === 'delivered' && { deliveredAt: now }),
    ...(outcome.kind !== 'delivered' && accepted.length > 0 && { accepted }),
    ...(outcome.kind === 'retry' && { nextAttemptAt: outcome.nextAttemptAt }),
    ...(outcome.kind === 'dead' && { deathToken: outcome.token, deathMessageId: outcome.messageId }),
  };
  const change = updateOf({ set, remove: TRANSIENT.filter((name) => !(name in set)) });
  return {
    TableName: table,
    Key: deliveryKey(delivery.base, delivery.ordinal),
    ...withCondition(change, '#claimId = :claimId', {
      names: { '#claimId': 'claimId' },
      values: { ':claimId': record.claimId },
    }),
    ...RETURN_OLD,
  };
}

/** The first attempt is stored whole in its delivery; of a later one only the figures shown in lists. */
export function latestAttempt(attempt: StoredAttempt) {
  if (attempt.number === 1) return { first: attempt };
  const { statusCode, latencyMs, errorCode, errorMessage } = attempt;
  return { last: { statusCode, latencyMs, errorCode, errorMessage } };
}

/**
 * Records an attempt and what follows from it in one write. A first attempt is usually a single update; the item of a
 * later attempt, a dead letter or the pausing of a destination make it a transaction.
 *
 * @returns false when the claim had been lost: another worker is at this attempt, and nothing was written
 */
export async function recordAttempt(table: Table, record: AttemptRecord, settings: RecordSettings): Promise<boolean> {
  const update = recordParameters(table.name, record, settings);
  const others = [
    ...laterAttempt(table.name, record, settings),
    ...deadLetter(table.name, record, settings),
    ...pausedDestination(table.name, record),
  ];
  if (others.length === 0) return (await writeIf(table, new UpdateCommand(update))).kind === 'done';
  const answer = await transact(table, [{ Update: update }, ...others]);
  if (answer.kind === 'done') return true;
  if (answer.reasons[0]?.code === CONDITION_FAILED) return false;
  // The destination that a 410 pauses was deleted since it was read. Everything else is recorded nevertheless.
  return recordAttempt(table, withoutPause(record), settings);
}

function withoutPause(record: AttemptRecord): AttemptRecord {
  const { outcome } = record;
  return outcome.kind === 'dead' ? { ...record, outcome: { ...outcome, pauseDestination: false } } : record;
}

/** The item of an attempt after the first. */
export function laterAttempt(
  table: string,
  { delivery, attempt, now }: Pick<AttemptRecord, 'delivery' | 'attempt' | 'now'>,
  settings: RecordSettings,
): TransactItems {
  if (attempt.number === 1) return [];
  const sort = timeKey(new Date(attempt.startedAt).toISOString(), delivery.base, delivery.ordinal, attempt.number);
  const Item = {
    ...attemptKey(delivery.base, delivery.ordinal, attempt.number),
    ...attempt,
    ...ownerAttributes(delivery),
    expiresAt: expiry(now, settings.retentionDays),
    tlPk: timelinePk(delivery.environment, 'ATT', shardOf(delivery.base, settings.shards)),
    tlSk: sort,
    dstPk: byDestinationPk(delivery.destination, 'ATT'),
    dstSk: sort,
  };
  return [{ Put: { TableName: table, Item } }];
}

function deadLetter(table: string, record: AttemptRecord, settings: RecordSettings): TransactItems {
  const { delivery, attempt, outcome, now } = record;
  if (outcome.kind !== 'dead') return [];
  const failedAt = new Date(now).toISOString();
  const sort = timeKey(failedAt, delivery.base, delivery.ordinal, attempt.number);
  const Item = {
    ...deadLetterKey(delivery.base, delivery.ordinal, attempt.number),
    ...ownerAttributes(delivery),
    attemptCount: attemptsInRound({ made: attempt.number, roundStart: delivery.roundStart }),
    errorCode: attempt.errorCode,
    errorMessage: attempt.errorMessage,
    failedAt,
    expiresAt: expiry(now, settings.retentionDays),
    attPk: attentionPk(delivery.environment, 'dead', shardOf(delivery.base, settings.shards)),
    attSk: sort,
    dstPk: byDestinationPk(delivery.destination, 'DLQ'),
    dstSk: sort,
  };
  return [{ Put: { TableName: table, Item } }];
}

function pausedDestination(table: string, { delivery, outcome, now }: AttemptRecord): TransactItems {
  if (outcome.kind !== 'dead' || !outcome.pauseDestination) return [];
  const change = updateOf(pauseChange('gone', new Date(now).toISOString()));
  const Key = destinationKey(delivery.environment, delivery.destination);
  return [{ Update: { TableName: table, Key, ...change, ConditionExpression: EXISTS } }];
}
