import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import type { CallBudget } from '../../domain/call-budget';
import { once } from '../../runtime/once';
import { callBudgetKey } from '../table/addresses';
import { ABSENT, writeIf } from '../table/conditions';
import { updateOf, withCondition } from '../table/expressions';
import { getItem } from '../table/reads';
import type { Table } from '../table/table';

const item = once(() =>
  z.object({
    milliTokens: z.number(),
    at: z.number(),
    leases: z.record(z.string(), z.object({ calls: z.number(), until: z.number() })),
    /** Counts the writes. */
    version: z.number(),
  }),
);

/** A budget as read, with its version. */
export interface StoredBudget extends CallBudget {
  readonly version: number;
}

/** How long an unused budget is kept: by then the bucket is full again. */
const KEPT_SECONDS = 86_400;

/** Reads the budget of a key; undefined if it was not used lately. */
export async function readBudget(table: Table, keyId: string): Promise<StoredBudget | undefined> {
  const stored = await getItem(table, callBudgetKey(keyId));
  return stored && item().parse(stored);
}

/**
 * Replaces the budget that was read.
 *
 * @param version of the budget that was read; 0 if there was none
 * @returns false if another instance has written since
 */
export async function writeBudget(table: Table, keyId: string, budget: CallBudget, version: number): Promise<boolean> {
  const { milliTokens, at, leases } = budget;
  const expiresAt = Math.floor(at / 1000) + KEPT_SECONDS;
  const change = updateOf({ set: { milliTokens, at, leases, expiresAt, version: version + 1 } });
  const parts =
    version === 0
      ? withCondition(change, ABSENT)
      : withCondition(change, '#version = :read', { values: { ':read': version } });
  const command = new UpdateCommand({ TableName: table.name, Key: callBudgetKey(keyId), ...parts });
  return (await writeIf(table, command)).kind === 'done';
}
