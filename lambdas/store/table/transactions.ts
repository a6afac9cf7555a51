import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Table } from './table';

export type TransactItems = NonNullable<TransactWriteCommandInput['TransactItems']>;

/** What became of a transaction: written as a whole, or not at all because conditions of some items failed. */
export type TransactionAnswer =
  | { readonly kind: 'done' }
  /** `failed` are the positions of the items whose conditions failed. */
  | { readonly kind: 'refused'; readonly failed: readonly number[] };

/** Two transactions over one item at the same time: DynamoDB cancels one of them, which is then tried again. */
const MAX_TRIES = 5;

/** Writes a transaction. */
export async function transact(table: Table, TransactItems: TransactItems): Promise<TransactionAnswer> {
  for (let tries = 1; ; tries += 1) {
    try {
      await table.documents.send(new TransactWriteCommand({ TransactItems }));
      return { kind: 'done' };
    } catch (error) {
      const codes = cancellationCodes(error);
      const failed = codes.flatMap((code, index) => (code === 'ConditionalCheckFailed' ? [index] : []));
      if (failed.length > 0) return { kind: 'refused', failed };
      if (!codes.includes('TransactionConflict') || tries === MAX_TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10 * 2 ** tries));
    }
  }
}

function cancellationCodes(error: unknown): readonly string[] {
  if (!(error instanceof TransactionCanceledException)) throw error;
  return (error.CancellationReasons ?? []).map(({ Code }) => Code ?? 'None');
}
