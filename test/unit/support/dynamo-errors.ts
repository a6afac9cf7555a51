import {
  type CancellationReason,
  ConditionalCheckFailedException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import { marshalled } from './items';

/** The condition of a write did not hold; `item` is what the write would have changed. */
export function conditionFailed(item?: Record<string, unknown>): ConditionalCheckFailedException {
  return new ConditionalCheckFailedException({
    $metadata: {},
    message: 'The conditional request failed',
    ...(item && { Item: marshalled(item) }),
  });
}

/** A transaction was cancelled, with one reason for each of its writes: `None` for those that were not to blame. */
export function cancelled(...codes: (string | { code: string; item: Record<string, unknown> })[]) {
  const CancellationReasons = codes.map((one): CancellationReason => {
    return typeof one === 'string' ? { Code: one } : { Code: one.code, Item: marshalled(one.item) };
  });
  return new TransactionCanceledException({ $metadata: {}, message: 'Transaction cancelled', CancellationReasons });
}
