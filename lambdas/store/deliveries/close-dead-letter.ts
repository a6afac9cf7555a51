import { DEAD_STATUSES } from '../../domain/delivery';
import { type DeadLetterAddress, deadLetterKey, deliveryKey } from '../table/addresses';
import { EXISTS } from '../table/conditions';
import { statusIn, updateOf, withCondition } from '../table/expressions';
import type { Table } from '../table/table';
import { type TransactItems, transact } from '../table/transact';

/**
 * The writes that close a dead letter: its item is deleted, and its delivery forgets the token of the dying message, so
 * that a redrive of that message finds nothing to do. Both fail if the letter is already closed.
 */
export function closingItems(table: string, { base, ordinal, attempt }: DeadLetterAddress): TransactItems {
  const dead = statusIn(DEAD_STATUSES);
  const change = updateOf({ set: {}, remove: ['deathToken', 'deathMessageId'] });
  const parts = withCondition(change, `${dead.condition} AND made = :made`, {
    names: { '#status': 'status' },
    values: { ...dead.values, ':made': attempt },
  });
  const Key = deadLetterKey(base, ordinal, attempt);
  return [
    { Update: { TableName: table, Key: deliveryKey(base, ordinal), ...parts } },
    { Delete: { TableName: table, Key, ConditionExpression: EXISTS } },
  ];
}

/**
 * Deletes a dead letter; its delivery stays as it is.
 *
 * @returns false if it was closed in the meantime
 */
export async function deleteDeadLetter(table: Table, letter: DeadLetterAddress): Promise<boolean> {
  return (await transact(table, closingItems(table.name, letter))).kind === 'done';
}
