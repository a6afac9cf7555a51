import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';

const units = z.object({ CapacityUnits: z.number() });
const answer = z.looseObject({
  ConsumedCapacity: z.union([units.transform((one) => [one]), z.array(units)]).default([]),
});

/** Adds up the capacity of all calls of a client. The answer tells it, and begins anew. */
export function recordCapacity(client: DynamoDBDocumentClient): () => number {
  let consumed = 0;
  client.middlewareStack.add(
    (next) => async (call) => {
      const result = await next({ ...call, input: { ...call.input, ReturnConsumedCapacity: 'TOTAL' } });
      const { ConsumedCapacity } = answer.parse(result.output);
      consumed += ConsumedCapacity.reduce((sum, { CapacityUnits }) => sum + CapacityUnits, 0);
      return result;
    },
    { step: 'initialize', priority: 'high' },
  );
  return () => {
    const seen = consumed;
    consumed = 0;
    return seen;
  };
}
