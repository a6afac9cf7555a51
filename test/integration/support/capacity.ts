import { z } from 'zod';
import { type Call, type Interceptor, resultOf } from '../../../local/calls/call';

/** Capacity units as DynamoDB bills them. */
export interface Units {
  readonly read: number;
  readonly write: number;
}

interface Consumed extends Units {
  /** Logical id of the function. */
  readonly caller: string;
}

const perTable = z.object({ CapacityUnits: z.number() });
const answerShape = z.object({ ConsumedCapacity: z.union([perTable, z.array(perTable)]).optional() });

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
    this.count(call, kind, resultOf(answer));
    return answer;
  };

  /** Forgets what was counted so far. */
  reset(): void {
    this.consumed.length = 0;
  }

  /** Units that functions consumed, told by parts of their logical ids. */
  unitsOf(...functions: readonly string[]): Units {
    const own = this.consumed.filter(({ caller }) => functions.some((name) => caller.toLowerCase().includes(name)));
    return {
      read: own.reduce((sum, { read }) => sum + read, 0),
      write: own.reduce((sum, { write }) => sum + write, 0),
    };
  }

  private count({ caller }: Call, kind: 'read' | 'write', result: unknown): void {
    if (caller.kind !== 'function') return;
    const { ConsumedCapacity: answered = [] } = answerShape.parse(result);
    for (const { CapacityUnits } of Array.isArray(answered) ? answered : [answered]) {
      this.consumed.push({ caller: caller.logicalId, read: 0, write: 0, [kind]: CapacityUnits });
    }
  }
}
