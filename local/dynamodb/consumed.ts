import * as z from 'zod';
import { itemBytes } from '../../lambdas/store/table/item-size';
import { readStreamImage, type StreamImage } from '../../lambdas/store/table/stream-records';
import { type Answer, type Call, type JsonObject, resultOf } from '../calls/call';

const units = z.object({ CapacityUnits: z.number() });
const perTable = units.extend({ GlobalSecondaryIndexes: z.record(z.string(), units).optional() });
const answerShape = z.object({ ConsumedCapacity: z.union([perTable, z.array(perTable)]).optional() });

/** What a write unit writes, in bytes. */
const KILOBYTE = 1024;

export type Access = 'read' | 'write';

/** Calls that answer with the capacity they consumed, and whether it is a reading or a writing one. */
export const ACCESSES: Readonly<Record<string, Access>> = {
  GetItem: 'read',
  BatchGetItem: 'read',
  Query: 'read',
  Scan: 'read',
  TransactGetItems: 'read',
  PutItem: 'write',
  UpdateItem: 'write',
  DeleteItem: 'write',
  BatchWriteItem: 'write',
  TransactWriteItems: 'write',
};

/** What a call consumed of one table, in capacity units. */
export interface Capacity {
  readonly total: number;
  /** The shares of the indexes, by name. */
  readonly indexes: Readonly<Record<string, number>>;
}

/** The call, with the question what it consumes. */
export const asking = (call: Call): Call => call.with({ ...call.parameters, ReturnConsumedCapacity: 'INDEXES' });

/** What a call that asked for it consumed. */
export function capacityOf(call: Call, answer: Answer): readonly Capacity[] {
  const result = resultOf(answer);
  if (answer.status !== 200) return refusedCapacity(call, result);
  const { ConsumedCapacity: answered = [] } = answerShape.parse(result);
  return (Array.isArray(answered) ? answered : [answered]).map(({ CapacityUnits, GlobalSecondaryIndexes = {} }) => ({
    total: CapacityUnits,
    indexes: Object.fromEntries(
      Object.entries(GlobalSecondaryIndexes).map(([name, index]) => [name, index.CapacityUnits]),
    ),
  }));
}

/**
 * A refused answer tells no capacity, but AWS bills a write whose condition failed as one of the item that is there, and a
 * transaction as if it had been made, here of items of one kilobyte. An item that the answer does not show has no more either:
 * claims and outcomes ask for it, and all others are of small items.
 */
function refusedCapacity({ parameters }: Call, { __type, Item }: JsonObject): readonly Capacity[] {
  const type = String(__type);
  if (type.endsWith('ConditionalCheckFailedException')) return [{ total: writeUnitsOf(Item), indexes: {} }];
  if (!type.endsWith('TransactionCanceledException')) return [];
  const { TransactItems } = z.object({ TransactItems: z.array(z.unknown()) }).parse(parameters);
  return [{ total: 2 * TransactItems.length, indexes: {} }];
}

/** Write units of an item, as DynamoDB's JSON has it. */
function writeUnitsOf(item: unknown): number {
  if (item === undefined) return 1;
  return Math.ceil(itemBytes(readStreamImage(item as StreamImage) as Parameters<typeof itemBytes>[0]) / KILOBYTE);
}
