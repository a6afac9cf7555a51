import {
  type Answer,
  Call,
  type Forward,
  type Interceptor,
  type JsonObject,
  jsonAnswer,
  resultOf,
} from '../calls/call';
import { type Action, actionsOf, type TableKeys } from './actions';
import { ACCESSES, type Access, asking, capacityOf } from './consumed';
import { type Partition, type PartitionLimits, Partitions } from './partitions';

/** A call that met an exhausted partition. */
export interface Throttled {
  readonly kind: `${'table' | 'index'} ${Access}`;
  readonly transaction: boolean;
  readonly call: Call;
}

/**
 * Throttles calls by partition, as DynamoDB does: a table's partition takes so many units a second, and so does an index's.
 * A write whose item has an entry in an exhausted partition of an index is refused, too.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/throttling-key-range-limit-exceeded-mitigation.html
 */
export class Throttle {
  private readonly partitions: Partitions;

  /**
   * @param tables by name
   * @param throttled called for each call that is refused
   */
  constructor(
    private readonly tables: ReadonlyMap<string, TableKeys>,
    limits: PartitionLimits,
    private readonly throttled: (what: Throttled) => void,
    now?: () => number,
  ) {
    this.partitions = new Partitions(limits, now);
  }

  readonly intercept: Interceptor = async (call, forward) => {
    const access = call.service === 'dynamodb' ? ACCESSES[call.operation] : undefined;
    if (access === undefined) return forward(call);
    const actions = actionsOf(call, this.tables);
    // Old entries matter only while one of them may be refused.
    const looks = access === 'write' && this.partitions.indexExhausted;
    const before = looks ? await this.images(call, actions, forward) : actions.map(() => ({}));
    const hot = actions.map((action, index) => this.exhausted(action, access, before[index] ?? {}));
    if (hot.some((partition) => partition !== undefined)) return this.refuse(call, access, hot);
    const answer = await forward(asking(call));
    await this.charge(call, access, actions, answer, forward);
    return answer;
  };

  /** An exhausted partition that an action would touch. */
  private exhausted(action: Action, access: Access, before: JsonObject): Partition | undefined {
    const { table, values } = action;
    const touched = this.touched(action, access, action.attributes);
    if (access === 'write') {
      for (const [index, hash] of Object.entries(this.tables.get(table)?.indexes ?? {}))
        for (const value of [before[hash], ...values])
          if (value !== undefined) touched.push({ table, index, access, value });
    }
    return touched.find((partition) => this.partitions.exhausted(partition));
  }

  /** The partitions that an action touches, as far as these attributes tell. */
  private touched({ table, index, attributes }: Action, access: Access, image: JsonObject): Partition[] {
    const keys = this.tables.get(table);
    if (keys === undefined) return [];
    if (index !== undefined) return [{ table, index, access, value: attributes[keys.indexes[index] ?? ''] }];
    const own: Partition = { table, index, access, value: attributes[keys.hash] };
    const entries = Object.entries(access === 'write' ? keys.indexes : {});
    return [
      own,
      ...entries.flatMap(([name, hash]) =>
        image[hash] === undefined ? [] : [{ table, index: name, access, value: image[hash] }],
      ),
    ];
  }

  private async charge(
    call: Call,
    access: Access,
    actions: readonly Action[],
    answer: Answer,
    forward: Forward,
  ): Promise<void> {
    const [capacity, ...others] = capacityOf(call, answer);
    if (capacity === undefined || others.length > 0) return;
    const { total, indexes } = capacity;
    const written = access === 'write' && answer.status === 200 && Object.keys(indexes).length > 0;
    const after = written ? await this.images(call, actions, forward) : actions.map(() => ({}));
    const touched = actions.flatMap((action, at) =>
      this.touched(action, access, { ...action.attributes, ...after[at] }),
    );
    const ofTable = total - Object.values(indexes).reduce((sum, units) => sum + units, 0);
    for (const partition of touched) {
      const share = partition.index === undefined ? ofTable : (indexes[partition.index] ?? 0);
      const sharing = touched.filter(({ index }) => index === partition.index).length;
      this.partitions.charge(partition, share / sharing);
    }
  }

  /** What the items of updates and deletions are just now, as far as tables with indexes are concerned. */
  private images(call: Call, actions: readonly Action[], forward: Forward): Promise<JsonObject[]> {
    return Promise.all(
      actions.map(async ({ table, attributes }) => {
        const { keys = [], indexes = {} } = this.tables.get(table) ?? {};
        if (Object.keys(indexes).length === 0) return {};
        const Key = Object.fromEntries(keys.map((name) => [name, attributes[name]]));
        const headers = { ...call.headers, 'x-amz-target': 'DynamoDB_20120810.GetItem' };
        const body = Buffer.from(JSON.stringify({ TableName: table, Key, ConsistentRead: true }));
        const { Item } = resultOf(await forward(new Call({ ...call, operation: 'GetItem', headers, body })));
        return Object(Item);
      }),
    );
  }

  private refuse(call: Call, access: Access, hot: readonly (Partition | undefined)[]): Answer {
    const transaction = call.operation.startsWith('Transact');
    const [first] = hot.filter((partition) => partition !== undefined);
    const place = first?.index === undefined ? 'table' : 'index';
    this.throttled({ kind: `${place} ${access}`, transaction, call });
    const { arn = '' } = this.tables.get(first?.table ?? '') ?? {};
    const resource = first?.index === undefined ? arn : `${arn}/index/${first.index}`;
    const reason = `${place === 'table' ? 'Table' : 'Index'}${access === 'read' ? 'Read' : 'Write'}KeyRangeThroughputExceeded`;
    if (!transaction)
      return failure('ProvisionedThroughputExceededException', EXCEEDED, { ThrottlingReasons: [{ reason, resource }] });
    const codes = hot.map((partition) => (partition === undefined ? 'None' : 'ProvisionedThroughputExceeded'));
    const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes.join(', ')}]`;
    const CancellationReasons = codes.map((Code) => (Code === 'None' ? { Code } : { Code, Message: EXCEEDED }));
    return failure('TransactionCanceledException', message, { Message: message, CancellationReasons });
  }
}

const EXCEEDED =
  'The level of configured provisioned throughput for one or more global secondary indexes or the table was exceeded.';

const failure = (name: string, message: string, more: JsonObject): Answer =>
  jsonAnswer(400, { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message, ...more });
