import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, type Call, ConnectionBroken, type Interceptor, type JsonObject, jsonAnswer } from '../calls/call';

/** Why a throttled transaction was cancelled: the partition's limit, or that of a provisioned table or index. */
export type Throttle = 'ThrottlingError' | 'ProvisionedThroughputExceeded';

const SINGLE_WRITES: readonly string[] = ['PutItem', 'UpdateItem', 'DeleteItem'];

/**
 * Lets transactions meet as they do on AWS, which the local engine writes one after another. A transaction holds its items,
 * those of condition checks included, from its arrival to its answer. Whatever wants one of them meanwhile is refused: another
 * transaction is cancelled, with the reason at the place of each held item, and the write of a single item conflicts.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html (conflict handling)
 */
export class Contention {
  /** How many calls were refused, and why; `lost` ones were written. */
  readonly refused = { conflicts: 0, singleConflicts: 0, throttles: 0, inProgress: 0, lost: 0 };
  private readonly held = new Set<string>();
  private readonly tokens = new Set<string>();
  private readonly throttles: Throttle[] = [];
  private answersToLose = 0;

  /**
   * @param holdMs how much longer than the engine a transaction takes: here they meet more often than on AWS
   * @param met called for each call that was refused because of another one
   * @param active whether anything is held just now
   */
  constructor(
    private readonly holdMs = 15,
    private readonly met: (call: Call) => void = () => {},
    private readonly active: () => boolean = () => true,
  ) {}

  /** Throttles the next transactions, each at its last item. */
  throttle(...reasons: readonly Throttle[]): void {
    this.throttles.push(...reasons);
  }

  /** Loses the answer of the next transaction that is written. */
  loseAnswer(): void {
    this.answersToLose += 1;
  }

  readonly intercept: Interceptor = async (call, forward) => {
    if (call.service !== 'dynamodb' || !this.active()) return forward(call);
    if (SINGLE_WRITES.includes(call.operation)) return this.refuseSingle(call) ?? forward(call);
    if (call.operation !== 'TransactWriteItems') return forward(call);
    const refusal = this.refuseTransaction(call);
    if (refusal) return refusal;
    const [keys, token] = [keysOf(call), String(call.parameters.ClientRequestToken)];
    for (const key of keys) this.held.add(key);
    this.tokens.add(token);
    try {
      await sleep(this.holdMs);
      return this.deliverOrLose(await forward(call));
    } finally {
      for (const key of keys) this.held.delete(key);
      this.tokens.delete(token);
    }
  };

  private deliverOrLose(answer: Answer): Answer {
    if (this.answersToLose === 0 || answer.status !== 200) return answer;
    this.answersToLose -= 1;
    this.refused.lost += 1;
    throw new ConnectionBroken();
  }

  private refuseSingle(call: Call): Answer | undefined {
    if (!this.held.has(keyOf(call.parameters))) return undefined;
    this.met(call);
    this.refused.singleConflicts += 1;
    return failure('TransactionConflictException', 'Transaction is ongoing for the item');
  }

  private refuseTransaction(call: Call): Answer | undefined {
    const keys = keysOf(call);
    if (this.tokens.has(String(call.parameters.ClientRequestToken))) {
      this.met(call);
      this.refused.inProgress += 1;
      return failure('TransactionInProgressException', 'The transaction with the given request token is in progress');
    }
    if (keys.some((key) => this.held.has(key))) {
      this.met(call);
      this.refused.conflicts += 1;
      return cancelled(keys.map((key) => (this.held.has(key) ? 'TransactionConflict' : 'None')));
    }
    const throttle = this.throttles.shift();
    if (throttle === undefined) return undefined;
    this.refused.throttles += 1;
    return cancelled(keys.map((_, index) => (index === keys.length - 1 ? throttle : 'None')));
  }
}

/** The items of a transaction, in its order. Each of its members is one action, whatever its kind. */
const keysOf = ({ parameters: { TransactItems } }: Call): readonly string[] =>
  (Array.isArray(TransactItems) ? TransactItems : []).map((item) =>
    keyOf(Object.values(Object(item))[0] as JsonObject),
  );

function keyOf({ TableName, Key, Item }: JsonObject): string {
  const { pk, sk } = Object(Key ?? Item);
  return JSON.stringify([TableName, pk, sk]);
}

function cancelled(codes: readonly string[]): Answer {
  const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes.join(', ')}]`;
  const CancellationReasons = codes.map((Code) => (Code === 'None' ? { Code } : { Code, Message: `${Code}.` }));
  return failure('TransactionCanceledException', message, { Message: message, CancellationReasons });
}

const failure = (name: string, message: string, more: JsonObject = {}): Answer =>
  jsonAnswer(400, { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message, ...more });
