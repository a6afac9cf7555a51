import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** What a write of one item is refused with while a transaction holds the item. */
const CONFLICT = 'TransactionConflictException';

/**
 * Lets a client repeat writes of single items that meet a transaction. DynamoDB refuses them without having done anything,
 * and the SDK takes that for final: an outcome would go unrecorded, and its request would be made a second time, because a
 * dead letter is closed or a destination paused in the same moment.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html (conflict handling)
 */
export function retryConflicts(client: DynamoDBClient): void {
  client.middlewareStack.add(
    (next) => async (request) => {
      try {
        return await next(request);
      } catch (error) {
        // The retries of the SDK are the steps around this one; they go by what an error says of itself.
        if (error instanceof Error && error.name === CONFLICT) throw Object.assign(error, { $retryable: {} });
        throw error;
      }
    },
    { step: 'deserialize', name: 'retryConflicts', priority: 'high', override: true },
  );
}
