import { z } from 'zod';
import { itemBytes } from '../../lambdas/store/table/item-size';
import { readStreamImage, type StreamImage } from '../../lambdas/store/table/stream-records';
import { type Answer, type Call, type Interceptor, type JsonObject, resultOf } from '../../local/calls/call';

/** Capacity units as DynamoDB bills them. */
export interface Units {
  readonly read: number;
  readonly write: number;
}

export const NO_UNITS: Units = { read: 0, write: 0 };

export const addUnits = (a: Units, b: Units): Units => ({ read: a.read + b.read, write: a.write + b.write });

interface Consumed extends Units {
  /** Logical id of the function. */
  readonly caller: string;
  /** What of it is the indexes' share. */
  readonly indexes: number;
}

const units = z.object({ CapacityUnits: z.number() });
const perTable = units.extend({ GlobalSecondaryIndexes: z.record(z.string(), units).optional() });
const answerShape = z.object({ ConsumedCapacity: z.union([perTable, z.array(perTable)]).optional() });

/** What a write unit writes, in bytes. */
const KILOBYTE = 1024;

/** Calls that answer with the capacity they consumed, and whether it is a reading or a writing one. */
const KINDS: Readonly<Record<string, 'read' | 'write'>> = {
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

/** Asks DynamoDB on behalf of the functions what each of their calls consumed, and adds it up. */
export class CapacityCounter {
  private readonly consumed: Consumed[] = [];

  /** Give this to the stack. */
  readonly intercept: Interceptor = async (call, forward) => {
    const kind = call.service === 'dynamodb' ? KINDS[call.operation] : undefined;
    if (kind === undefined) return forward(call);
    const answer = await forward(call.with({ ...call.parameters, ReturnConsumedCapacity: 'INDEXES' }));
    this.count(call, kind, answer);
    return answer;
  };

  /** Forgets what was counted so far. */
  reset(): void {
    this.consumed.length = 0;
  }

  /** Units that functions consumed, told by parts of their logical ids; all of them when none is named. */
  unitsOf(...functions: readonly string[]): Units {
    return this.of(functions).reduce<Units>(addUnits, NO_UNITS);
  }

  /** Write units of those that went into index entries. */
  indexWritesOf(...functions: readonly string[]): number {
    return this.of(functions).reduce((sum, { write, indexes }) => sum + (write > 0 ? indexes : 0), 0);
  }

  private of(functions: readonly string[]): readonly Consumed[] {
    if (functions.length === 0) return this.consumed;
    return this.consumed.filter(({ caller }) => functions.some((name) => caller.toLowerCase().includes(name)));
  }

  private count(call: Call, kind: 'read' | 'write', answer: Answer): void {
    if (call.caller.kind !== 'function') return;
    const caller = call.caller.logicalId;
    for (const { total, indexes } of capacityOf(call, answer)) {
      this.consumed.push({ caller, read: 0, write: 0, [kind]: total, indexes });
    }
  }
}

interface Capacity {
  readonly total: number;
  readonly indexes: number;
}

function capacityOf(call: Call, answer: Answer): readonly Capacity[] {
  const result = resultOf(answer);
  if (answer.status !== 200) return refusedCapacity(call, result);
  const { ConsumedCapacity: answered = [] } = answerShape.parse(result);
  return (Array.isArray(answered) ? answered : [answered]).map(({ CapacityUnits, GlobalSecondaryIndexes = {} }) => ({
    total: CapacityUnits,
    indexes: Object.values(GlobalSecondaryIndexes).reduce((sum, index) => sum + index.CapacityUnits, 0),
  }));
}

/**
 * A refused answer tells no capacity, but AWS bills a write whose condition failed as one of the item that is there, and a
 * transaction as if it had been made, here of items of one kilobyte. An item that the answer does not show has no more either:
 * claims and outcomes ask for it, and all others are of small items.
 */
function refusedCapacity({ parameters }: Call, { __type, Item }: JsonObject): readonly Capacity[] {
  const type = String(__type);
  if (type.endsWith('ConditionalCheckFailedException')) return [{ total: writeUnitsOf(Item), indexes: 0 }];
  if (!type.endsWith('TransactionCanceledException')) return [];
  const { TransactItems } = z.object({ TransactItems: z.array(z.unknown()) }).parse(parameters);
  return [{ total: 2 * TransactItems.length, indexes: 0 }];
}

/** Write units of an item, as DynamoDB's JSON has it. */
function writeUnitsOf(item: unknown): number {
  if (item === undefined) return 1;
  return Math.ceil(itemBytes(readStreamImage(item as StreamImage) as Parameters<typeof itemBytes>[0]) / KILOBYTE);
}
