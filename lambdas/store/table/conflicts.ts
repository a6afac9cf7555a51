import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** The error of a single write while a transaction holds the item. */
const CONFLICT = 'TransactionConflictException';

/**
 * Makes a client repeat single writes that conflict with a transaction. DynamoDB refuses them without doing anything,
 * and the SDK does not retry: an outcome would go unrecorded, and its request be sent again, only because a dead letter
 * was closed or a destination paused at the same time.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html (conflict handling)
 */
export function retryConflicts(client: DynamoDBClient): void {
  client.middlewareStack.add(
    (next) => async (request) => {
      try {
        return await next(request);
      } catch (error) {
        // The SDK's retry step is outside this one, and goes by what the error says.
        if (error instanceof Error && error.name === CONFLICT) throw Object.assign(error, { $retryable: {} });
        throw error;
      }
    },
    { step: 'deserialize', name: 'retryConflicts', priority: 'high', override: true },
  );
}
