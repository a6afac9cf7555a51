import type { Answer, Call, Interceptor } from '../../local/calls/call';
import { ACCESSES, type Access, asking, capacityOf } from '../../local/dynamodb/consumed';
import { itemKinds } from './item-kinds';

/** Capacity units as DynamoDB bills them. */
export interface Units {
  readonly read: number;
  readonly write: number;
}

export const NO_UNITS: Units = { read: 0, write: 0 };

export const addUnits = (a: Units, b: Units): Units => ({ read: a.read + b.read, write: a.write + b.write });

interface Consumed extends Units {
  readonly operation: string;
  /** Logical id of the function. */
  readonly caller: string;
  /** What of it is the indexes' share. */
  readonly indexes: number;
  /** Which kinds of items the call was about. */
  readonly kinds: string;
}

/** What calls about the same kinds of items consumed. */
export interface Use extends Units {
  readonly operation: string;
  readonly kinds: string;
  readonly calls: number;
  /** Write units of those that went into index entries. */
  readonly indexWrites: number;
}

/** Asks DynamoDB on behalf of the functions what each of their calls consumed, and adds it up. */
export class CapacityCounter {
  private readonly consumed: Consumed[] = [];

  /** Give this to the stack. */
  readonly intercept: Interceptor = async (call, forward) => {
    const kind = call.service === 'dynamodb' ? ACCESSES[call.operation] : undefined;
    if (kind === undefined) return forward(call);
    const answer = await forward(asking(call));
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

  /** Where the units of a function went, by operation and kinds of items. */
  usesOf(logicalId: string): Use[] {
    const uses = new Map<string, Use>();
    for (const { operation, kinds, read, write, indexes } of this.of([logicalId.toLowerCase()])) {
      const name = `${operation} ${kinds}`;
      const before = uses.get(name) ?? { operation, kinds, calls: 0, read: 0, write: 0, indexWrites: 0 };
      const indexWrites = before.indexWrites + (write > 0 ? indexes : 0);
      uses.set(name, { ...before, ...addUnits(before, { read, write }), calls: before.calls + 1, indexWrites });
    }
    return [...uses.values()];
  }

  private of(functions: readonly string[]): readonly Consumed[] {
    if (functions.length === 0) return this.consumed;
    return this.consumed.filter(({ caller }) => functions.some((name) => caller.toLowerCase().includes(name)));
  }

  private count(call: Call, kind: Access, answer: Answer): void {
    if (call.caller.kind !== 'function') return;
    const caller = call.caller.logicalId;
    const { operation } = call;
    const kinds = itemKinds(call);
    for (const { total, indexes: shares } of capacityOf(call, answer)) {
      const indexes = Object.values(shares).reduce((sum, share) => sum + share, 0);
      this.consumed.push({ caller, operation, kinds, read: 0, write: 0, [kind]: total, indexes });
    }
  }
}
