import {
  ConditionalCheckFailedException,
  type ReturnValuesOnConditionCheckFailure,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { type Delivery, parseDelivery } from '../deliveries/delivery-items';

/** Asks DynamoDB for the item that a condition failed on. */
export const RETURN_OLD: { readonly ReturnValuesOnConditionCheckFailure: ReturnValuesOnConditionCheckFailure } = {
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
};

/** A condition that failed, with the delivery it failed on; undefined when there is none any more. */
export interface ConditionFailure {
  readonly delivery: Delivery | undefined;
}

/**
 * Reads a failed condition from an error of a conditional write, single or in a transaction (where the delivery is the
 * first item). Any other error, and a transaction cancelled for another reason, is thrown on.
 */
export function conditionFailure(error: unknown): ConditionFailure {
  if (error instanceof ConditionalCheckFailedException) {
    return { delivery: error.Item && parseDelivery(unmarshall(error.Item)) };
  }
  if (error instanceof TransactionCanceledException) {
    const reasons = error.CancellationReasons ?? [];
    const others = reasons.some(({ Code }) => Code !== 'None' && Code !== 'ConditionalCheckFailed');
    const [first] = reasons;
    if (!others && first?.Code === 'ConditionalCheckFailed') {
      return { delivery: first.Item && parseDelivery(unmarshall(first.Item)) };
    }
  }
  throw error;
}

/** Lets a failed condition pass and throws any other error on, where which item it failed on does not matter. */
export function expectConditionFailure(error: unknown): void {
  if (!(error instanceof ConditionalCheckFailedException)) throw error;
}

/** The same for a transaction: it was cancelled by nothing but conditions. */
export function expectCancelledByCondition(error: unknown): void {
  const reasons = error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
  const byCondition = reasons.some(({ Code }) => Code === 'ConditionalCheckFailed');
  const otherwise = reasons.some(({ Code }) => Code !== 'None' && Code !== 'ConditionalCheckFailed');
  if (!byCondition || otherwise) throw error;
}
