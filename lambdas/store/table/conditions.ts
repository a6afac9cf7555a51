import { ConditionalCheckFailedException, type ReturnValuesOnConditionCheckFailure } from '@aws-sdk/client-dynamodb';
import type { DeleteCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Table } from './table';

/** An item as it is stored, not parsed yet. */
export type Item = Readonly<Record<string, unknown>>;

/** The conditions that an item exists, and that it does not. */
export const EXISTS = 'attribute_exists(pk)';
export const ABSENT = 'attribute_not_exists(pk)';

/** Makes DynamoDB return the item that a condition failed on. */
export const RETURN_OLD: { readonly ReturnValuesOnConditionCheckFailure: ReturnValuesOnConditionCheckFailure } = {
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
};

/** What became of a conditional write. */
export interface WriteAnswer {
  readonly kind: 'done' | 'refused';
  /**
   * Done: what `ReturnValues` asked for. Refused: the item that the condition failed on, if the write asked with {@link
   * RETURN_OLD}; undefined if there is none.
   */
  readonly item: Item | undefined;
}

/** Writes one item if its condition holds. A condition that fails is an answer; any other error is thrown. */
export async function writeIf(table: Table, write: PutCommand | UpdateCommand | DeleteCommand): Promise<WriteAnswer> {
  try {
    const { Attributes } = await table.documents.send(write as UpdateCommand);
    return { kind: 'done', item: Attributes };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return { kind: 'refused', item: error.Item && unmarshall(error.Item) };
  }
}
