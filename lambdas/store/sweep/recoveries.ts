import { PutCommand, UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { isConfigurationId } from '../../domain/identifiers';
import { RECOVERY_STATUSES } from '../../domain/recovery';
import { once } from '../../runtime/once';
import { expiry } from '../events/events';
import { mergedEntries } from '../lists/timeline';
import { environmentPk, OPEN_RECOVERIES_PK, RECOVERIES_PREFIX, recoveryKey } from '../table/addresses';
import { getAll } from '../table/batch-get';
import { writeIf } from '../table/conditions';
import { type Change, updateOf, withCondition } from '../table/expressions';
import { getItem, queryAll } from '../table/reads';
import { INDEXES, type Table } from '../table/table';

const item = once(() =>
  z.object({
    id: z.string(),
    organization: z.string(),
    environment: z.string(),
    destination: z.string(),
    /** Creation times of the deliveries, ISO 8601, inclusive. */
    from: z.string(),
    to: z.string(),
    status: z.enum(RECOVERY_STATUSES),
    /** Failed deliveries of the destination seen so far: the sum of the next two. */
    seen: z.int(),
    replayed: z.int(),
    /** Deliveries that had moved on before it was their turn. */
    skipped: z.int(),
    /** Sort key of the last entry that was processed. */
    position: z.optional(z.string()),
    /** Identifiers of the deliveries being replayed now, stored before the first of them is. */
    plan: z.optional(z.array(z.string())),
    /** The position once the plan is carried out. */
    planEnd: z.optional(z.string()),
    /** ISO 8601. */
    createdAt: z.string(),
    updatedAt: z.string(),
    finishedAt: z.optional(z.string()),
  }),
);

/** A job that replays what a destination failed to take in a range of time. */
export type Recovery = z.output<ReturnType<typeof item>>;

/** Stores a new job. The `attention` index lists it until it is closed. */
export async function putRecovery(table: Table, recovery: Recovery, retentionDays: number): Promise<void> {
  const { environment, id, createdAt } = recovery;
  const Item = {
    ...recoveryKey(environment, id),
    ...recovery,
    attPk: OPEN_RECOVERIES_PK,
    attSk: `${createdAt}#${id}`,
    expiresAt: expiry(Date.parse(createdAt), retentionDays),
  };
  await table.documents.send(new PutCommand({ TableName: table.name, Item }));
}

/** Reads a job, strongly consistent. */
export async function getRecovery(table: Table, environment: string, id: string): Promise<Recovery | undefined> {
  if (!isConfigurationId(id, 'rec')) return undefined;
  const stored = await getItem(table, recoveryKey(environment, id));
  return stored && item().parse(stored);
}

/** All jobs of an environment that are still stored, oldest first. */
export async function listRecoveries(table: Table, environment: string): Promise<Recovery[]> {
  const items = await queryAll(table, environmentPk(environment), RECOVERIES_PREFIX);
  return items.map((one) => item().parse(one));
}

/** Jobs of all environments that have something left to do, oldest first. */
export async function openRecoveries(table: Table): Promise<Recovery[]> {
  const entries = [];
  const partition = { index: INDEXES.attention, pk: OPEN_RECOVERIES_PK };
  for await (const entry of mergedEntries(table, [partition], {}, 'oldest first')) entries.push(entry);
  return (await getAll(table, entries)).map((one) => item().parse(one));
}

/** The deliveries that a job replays next, and its position after that. */
export interface Chunk {
  readonly deliveries: readonly string[];
  readonly end: string;
}

/**
 * Stores what a job does next, before any of it is done: whoever takes over after a crash does exactly that.
 *
 * @returns the job, or undefined if it was cancelled or another run has taken over
 */
export function planChunk(table: Table, recovery: Recovery, { deliveries, end }: Chunk, at: string) {
  return change(table, recovery, { set: { plan: deliveries, planEnd: end, updatedAt: at } });
}

/**
 * Counts the results of a plan and moves the position behind it. Counted once, however many runs carried it out.
 *
 * @returns the job, or undefined if it was already counted
 */
export function settleChunk(
  table: Table,
  recovery: Recovery,
  { replayed, skipped }: Pick<Recovery, 'replayed' | 'skipped'>,
  at: string,
) {
  return update(table, recovery, {
    UpdateExpression:
      'SET #position = planEnd, seen = seen + :seen, replayed = replayed + :replayed, skipped = skipped + :skipped, updatedAt = :at REMOVE #plan, planEnd',
    ConditionExpression: 'planEnd = :end',
    ExpressionAttributeNames: { '#position': 'position', '#plan': 'plan' },
    ExpressionAttributeValues: {
      ':end': recovery.planEnd,
      ':at': at,
      ':seen': replayed + skipped,
      ':replayed': replayed,
      ':skipped': skipped,
    },
  });
}

/** Closes a job that has nothing left to do: a running one is done, a cancelled one stays cancelled. */
export async function closeRecovery(table: Table, recovery: Recovery, at: string): Promise<void> {
  const done = recovery.status === 'running' ? { status: 'done', finishedAt: at, updatedAt: at } : {};
  await change(table, recovery, { set: done, remove: ['attPk', 'attSk'] });
}

/**
 * Cancels a running job. It finishes what it is replaying right now, and nothing after that.
 *
 * @returns the job, or undefined if it is not running
 */
export function cancelRecovery(table: Table, recovery: Recovery, at: string): Promise<Recovery | undefined> {
  const parts = updateOf({ set: { status: 'cancelled', finishedAt: at, updatedAt: at } });
  const running = { values: { ':running': 'running' } };
  return update(table, recovery, withCondition(parts, '#status = :running', running));
}

/** Changes a job that has not changed since it was read and has no plan. */
function change(table: Table, recovery: Recovery, { set, remove }: Change): Promise<Recovery | undefined> {
  const { position, status } = recovery;
  const where = position === undefined ? 'attribute_not_exists(#position)' : '#position = :position';
  const parts = withCondition(updateOf({ set, remove: remove ?? [] }), `${where} AND ${AS_READ}`, {
    names: { '#status': 'status', '#position': 'position', '#plan': 'plan' },
    values: { ':read': status, ...(position !== undefined && { ':position': position }) },
  });
  return update(table, recovery, parts);
}

const AS_READ = '#status = :read AND attribute_not_exists(#plan)';

async function update(
  table: Table,
  { environment, id }: Recovery,
  parts: Omit<UpdateCommandInput, 'TableName' | 'Key'>,
): Promise<Recovery | undefined> {
  const Key = recoveryKey(environment, id);
  const ReturnValues = 'ALL_NEW' as const;
  const answer = await writeIf(table, new UpdateCommand({ TableName: table.name, Key, ...parts, ReturnValues }));
  return answer.kind === 'done' ? item().parse(answer.item) : undefined;
}
