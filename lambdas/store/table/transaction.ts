import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Table } from './table';

/** The writes of a transaction. */
export type TransactItems = NonNullable<TransactWriteCommandInput['TransactItems']>;

/** How often a transaction is tried that meets another one. */
const MAX_TRIES = 6;

/** Longest pause before the second try, doubled before each later one; all pauses together stay below 1.3 seconds. */
const FIRST_PAUSE_MS = 40;

/**
 * Writes all or nothing. DynamoDB cancels a transaction that meets another write to one of its items, and the SDK does not
 * repeat it: ten deliveries that pause the same destination at once would be nine failures. So it is repeated here.
 *
 * @throws TransactionCanceledException when a condition failed, or when the conflicts do not end
 */
export async function writeTogether(table: Table, items: TransactItems): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await table.documents.send(new TransactWriteCommand({ TransactItems: items }));
      return;
    } catch (error) {
      if (attempt === MAX_TRIES || !isConflict(error)) throw error;
    }
    const longest = FIRST_PAUSE_MS * 2 ** (attempt - 1);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * longest));
  }
}

/** Whether nothing but other writes at the same moment stood in the way. */
function isConflict(error: unknown): boolean {
  if (!(error instanceof TransactionCanceledException)) return false;
  const blamed = (error.CancellationReasons ?? []).filter(({ Code }) => Code !== 'None');
  return blamed.length > 0 && blamed.every(({ Code }) => Code === 'TransactionConflict');
}
