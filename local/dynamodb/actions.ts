import type { Call, JsonObject } from '../calls/call';

/** The keys of a table and its indexes that decide about partitions. */
export interface TableKeys {
  readonly arn: string;
  readonly streamArn: string;
  readonly keys: readonly string[];
  /** Name of the partition key. */
  readonly hash: string;
  /** Names of the indexes' partition keys, by index. */
  readonly indexes: Readonly<Record<string, string>>;
}

/** What a call does to one item, or the items of one partition. */
export interface Action {
  readonly table: string;
  /** The index that is read; undefined for the table. */
  readonly index: string | undefined;
  /** Key attributes, or a whole item that is put. */
  readonly attributes: JsonObject;
  /** Values in the action's expressions, one of which may become the key of an index. */
  readonly values: readonly unknown[];
}

const list = (value: unknown): readonly JsonObject[] => (Array.isArray(value) ? value.map(Object) : []);

/** The actions of a call, in its order. A scan and a batch of writes have none: they meet no single partition. */
export function actionsOf({ operation, parameters }: Call, tables: ReadonlyMap<string, TableKeys>): readonly Action[] {
  switch (operation) {
    case 'TransactWriteItems':
    case 'TransactGetItems':
      return list(parameters.TransactItems).map((item) => actionOf(Object(Object.values(item)[0])));
    case 'BatchGetItem':
      return Object.entries(Object(parameters.RequestItems)).flatMap(([TableName, request]) =>
        list(Object(request).Keys).map((Key) => actionOf({ TableName, Key })),
      );
    case 'Query':
      return [queryOf(parameters, tables.get(String(parameters.TableName)))];
    case 'GetItem':
    case 'PutItem':
    case 'UpdateItem':
    case 'DeleteItem':
      return [actionOf(parameters)];
    default:
      return [];
  }
}

const actionOf = (parameters: JsonObject): Action => ({
  table: String(parameters.TableName),
  index: undefined,
  attributes: Object(parameters.Key ?? parameters.Item),
  values: Object.values(Object(parameters.ExpressionAttributeValues)),
});

/** A query names its partition in a condition such as `#pk = :pk`. */
function queryOf(parameters: JsonObject, keys: TableKeys | undefined): Action {
  const action = actionOf(parameters);
  const index = parameters.IndexName === undefined ? undefined : String(parameters.IndexName);
  const wanted = index === undefined ? keys?.hash : keys?.indexes[index];
  const names: JsonObject = Object(parameters.ExpressionAttributeNames);
  const values: JsonObject = Object(parameters.ExpressionAttributeValues);
  for (const [, name = '', value = ''] of String(parameters.KeyConditionExpression).matchAll(/(#?\w+)\s*=\s*(:\w+)/g))
    if (wanted !== undefined && (names[name] ?? name) === wanted)
      return { ...action, index, attributes: { [wanted]: values[value] } };
  return { ...action, index };
}
