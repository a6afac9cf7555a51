import { randomUUID } from 'node:crypto';
import { TransactionCanceledException, TransactionInProgressException } from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Item } from './conditions';
import type { Table } from './table';

/** The writes and checks of a transaction, 100 at most. */
export type TransactItems = NonNullable<TransactWriteCommandInput['TransactItems']>;

/** What an item of a cancelled transaction has to do with it. */
export interface Reason {
  /** {@link CONDITION_FAILED}; `None` where the item did not stand in the way; else what would have passed. */
  readonly code: string;
  /** The item as it stands, where its condition failed and it asked with `RETURN_OLD`; undefined if there is none. */
  readonly item: Item | undefined;
}

/** What became of a transaction: written as a whole, or not at all because conditions failed. */
export type TransactionAnswer =
  | { readonly kind: 'done' }
  /** `reasons` are in the order of the items. */
  | { readonly kind: 'refused'; readonly reasons: readonly Reason[] };

/** The code of an item whose condition failed. */
export const CONDITION_FAILED = 'ConditionalCheckFailed';

/** Codes of what passes by itself. The SDK takes a cancelled transaction for final, whatever cancelled it. */
const PASSING: readonly string[] = ['None', 'TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'];

/**
 * No try starts later than this. It is more than the five seconds after which DynamoDB lets a repetition finish a transaction that
 * is stuck, and less than the ten that functions behind the API have.
 */
const DEADLINE_MS = 6_000;

/** The longest pause before the second try; it doubles before each later one, up to the limit. */
const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 800;

/**
 * Writes all or nothing. A transaction that meets another one or is throttled is tried again, after pauses with full jitter.
 * Each try has a request token, so one whose answer was lost is written once however often the SDK sends it (decision 0030).
 *
 * @throws TransactionCanceledException when conflicts or throttling do not end, or an item is at fault
 */
export async function transact(table: Table, TransactItems: TransactItems): Promise<TransactionAnswer> {
  const deadline = Date.now() + DEADLINE_MS;
  let ClientRequestToken = randomUUID();
  for (let tried = 0; ; tried += 1) {
    try {
      await table.documents.send(new TransactWriteCommand({ TransactItems, ClientRequestToken }));
      return { kind: 'done' };
    } catch (error) {
      const reasons = passingReasons(error);
      if (reasons.some(({ code }) => code === CONDITION_FAILED)) return { kind: 'refused', reasons };
      const pause = Math.random() * Math.min(FIRST_PAUSE_MS * 2 ** tried, LONGEST_PAUSE_MS);
      if (Date.now() + pause > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
      // What was cancelled has not been written, for certain. What is in progress may yet be: it keeps its token.
      if (error instanceof TransactionCanceledException) ClientRequestToken = randomUUID();
    }
  }
}

/** What cancelled a transaction; nothing while an earlier try of it is in progress. @throws whatever another try cannot help */
function passingReasons(error: unknown): readonly Reason[] {
  if (error instanceof TransactionInProgressException) return [];
  if (!(error instanceof TransactionCanceledException) || !error.CancellationReasons?.length) throw error;
  return error.CancellationReasons.map(({ Code = 'None', Item }) => {
    if (Code !== CONDITION_FAILED && !PASSING.includes(Code)) throw error;
    return { code: Code, item: Item && unmarshall(Item) };
  });
}
