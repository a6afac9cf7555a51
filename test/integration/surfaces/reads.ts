import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';

/** What calls have read since the last look, as DynamoDB itself tells it. */
export interface Reading {
  /** Items of the table, fetched by their keys. */
  readonly items: number;
  /** Entries of indexes. */
  readonly entries: number;
  /** Read units. */
  readonly tableCapacity: number;
  readonly indexCapacity: number;
}

const units = z.object({ CapacityUnits: z.number() });
const consumed = z.looseObject({
  Table: units.optional(),
  GlobalSecondaryIndexes: z.record(z.string(), units).optional(),
});
const answer = z.looseObject({
  ScannedCount: z.number().default(0),
  Responses: z.record(z.string(), z.array(z.unknown())).default({}),
  ConsumedCapacity: z.union([consumed.transform((one) => [one]), z.array(consumed)]).default([]),
});

const NOTHING: Reading = { items: 0, entries: 0, tableCapacity: 0, indexCapacity: 0 };

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

/** Asks for the consumed capacity of every read of a client. The answer looks at what was read, and begins anew. */
export function recordReads(client: DynamoDBDocumentClient): () => Reading {
  let reading = NOTHING;
  client.middlewareStack.add(
    (next, context) => async (call) => {
      const reads = ['QueryCommand', 'BatchGetItemCommand', 'BatchGetCommand'].includes(String(context.commandName));
      if (!reads) return next(call);
      const result = await next({ ...call, input: { ...call.input, ReturnConsumedCapacity: 'INDEXES' } });
      reading = add(reading, answer.parse(result.output));
      return result;
    },
    { step: 'initialize', priority: 'high' },
  );
  return () => {
    const seen = reading;
    reading = NOTHING;
    return seen;
  };
}

function add(before: Reading, { ScannedCount, Responses, ConsumedCapacity }: z.output<typeof answer>): Reading {
  const indexes = ConsumedCapacity.flatMap((one) => Object.values(one.GlobalSecondaryIndexes ?? {}));
  return {
    items: before.items + sum(Object.values(Responses).map((items) => items.length)),
    entries: before.entries + ScannedCount,
    tableCapacity: before.tableCapacity + sum(ConsumedCapacity.map((one) => one.Table?.CapacityUnits ?? 0)),
    indexCapacity: before.indexCapacity + sum(indexes.map((one) => one.CapacityUnits)),
  };
}
