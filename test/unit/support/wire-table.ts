import { Readable } from 'node:stream';
import { type AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { openTable } from '../../../lambdas/store/table/table';

type Item = Readonly<Record<string, AttributeValue>>;

/** What a request asks for, as far as it is looked at here. */
interface Asked {
  readonly Item?: Item;
  readonly Key?: Item;
  readonly IndexName?: string;
  readonly UpdateExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Item;
  readonly TransactItems?: readonly Readonly<Record<string, Asked>>[];
  readonly RequestItems?: { readonly table: { readonly Keys: readonly Item[] } };
}

/** A request that DynamoDB would refuse. */
class Refused extends Error {}

/**
 * A table in memory behind the SDK's own marshalling. It reads by key and by partition, writes whatever the conditions are, and
 * is as strict as DynamoDB about what it can hold.
 */
export function wireTable() {
  const items = new Map<string, Item>();
  const handle = async (request: { readonly headers: Record<string, string>; readonly body: Uint8Array }) => {
    const { status, answer } = answerTo(items, request.headers['x-amz-target'] ?? '', request.body);
    const body = Readable.from([Buffer.from(JSON.stringify(answer))]);
    return { response: { statusCode: status, headers: { 'content-type': 'application/x-amz-json-1.0' }, body } };
  };
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new DynamoDBClient({ region: 'eu-central-1', credentials, requestHandler: { handle } });
  const table = openTable('table', client);
  const reset = async (...initial: readonly Record<string, unknown>[]): Promise<void> => {
    items.clear();
    for (const Item of initial) await table.documents.send(new PutCommand({ TableName: 'table', Item }));
  };
  return { table, reset };
}

/** What is read of an item that was written. */
export async function storedAndRead(item: object): Promise<Record<string, unknown>> {
  const { documents } = wireTable().table;
  const Key = { pk: 'p', sk: 's' };
  await documents.send(new PutCommand({ TableName: 'table', Item: { ...item, ...Key } }));
  return (await documents.send(new GetCommand({ TableName: 'table', Key }))).Item ?? {};
}

function answerTo(items: Map<string, Item>, target: string, body: Uint8Array) {
  try {
    const [, operation = ''] = target.split('.');
    return { status: 200, answer: run(items, operation, JSON.parse(Buffer.from(body).toString())) };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const answer = { __type: 'com.amazon.coral.validate#ValidationException', message: error.message };
    return { status: 400, answer };
  }
}

function run(items: Map<string, Item>, operation: string, asked: Asked): object {
  const { Item, Key, TransactItems = [], RequestItems } = asked;
  switch (operation) {
    case 'GetItem':
      return { Item: items.get(nameOf(Key)) };
    case 'BatchGetItem':
      return { Responses: { table: RequestItems?.table.Keys.map((key) => items.get(nameOf(key))).filter(Boolean) } };
    case 'Query': {
      const found = matching([...items.values()], asked);
      return { Items: found, Count: found.length };
    }
    case 'PutItem':
      put(items, Item ?? {});
      return {};
    case 'UpdateItem':
      return { Attributes: update(items, asked) };
    case 'DeleteItem':
      items.delete(nameOf(Key));
      return {};
    case 'TransactWriteItems':
      for (const item of TransactItems) {
        if (item.Put) put(items, item.Put.Item ?? {});
        if (item.Update) update(items, item.Update);
        if (item.Delete) items.delete(nameOf(item.Delete.Key));
        if (item.ConditionCheck) nameOf(item.ConditionCheck.Key);
      }
      return {};
    default:
      throw new Error(`The table does not know ${operation}.`);
  }
}

function matching(items: readonly Item[], { IndexName, ...asked }: Asked): readonly Item[] {
  const { ':pk': pk, ':prefix': prefix, ':first': first, ':last': last } = asked.ExpressionAttributeValues ?? {};
  const { '#pk': pkName = 'pk', '#sk': skName = 'sk' } = asked.ExpressionAttributeNames ?? {};
  const within = (sort: string) =>
    IndexName ? sort >= (first?.S ?? '') && sort <= (last?.S ?? '') : sort.startsWith(prefix?.S ?? '');
  return items.filter((item) => item[pkName]?.S === pk?.S && within(item[skName]?.S ?? ''));
}

function put(items: Map<string, Item>, item: Item): void {
  check(item);
  items.set(nameOf(item), item);
}

function update(items: Map<string, Item>, asked: Asked): Item {
  const { Key = {}, ExpressionAttributeNames: names = {}, ExpressionAttributeValues: values = {} } = asked;
  const { UpdateExpression: expression = '' } = asked;
  const [sets = '', removes = ''] = expression.split('REMOVE ');
  const set = [...sets.matchAll(/(#\w+) = (:\w+)/g)].map(([, name = '', value = '']) => [names[name], values[value]]);
  const removed = new Set([...removes.matchAll(/#\w+/g)].map(([name]) => names[name]));
  const before = Object.entries(items.get(nameOf(Key)) ?? Key).filter(([name]) => !removed.has(name));
  check(values);
  const item = { ...Object.fromEntries(before), ...Object.fromEntries(set) };
  put(items, item);
  return item;
}

/** The lengths of keys that DynamoDB takes, those of the indexes included. */
const LONGEST: Readonly<Record<string, number>> = {
  ...{ pk: 2048, tlPk: 2048, dstPk: 2048, attPk: 2048 },
  ...{ sk: 1024, tlSk: 1024, dstSk: 1024, attSk: 1024 },
};

function nameOf({ pk, sk }: Item = {}): string {
  check({ ...(pk && { pk }), ...(sk && { sk }) });
  return `${pk?.S}\n${sk?.S}`;
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
function check(item: Item): void {
  const size = Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + sizeOf(value), 0);
  if (size > 400 * 1024) throw new Refused('Item size has exceeded the maximum allowed size');
  for (const [name, longest] of Object.entries(LONGEST)) {
    const bytes = Buffer.byteLength(item[name]?.S ?? 'x');
    if (bytes < 1 || bytes > longest) throw new Refused(`The key ${name} has ${bytes} bytes`);
  }
}

function sizeOf(value: AttributeValue, depth = 0): number {
  if (depth > 32) throw new Refused('Nesting Levels have exceeded supported limits');
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return numberSize(value.N);
  if (value.B !== undefined) return Buffer.from(String(value.B), 'base64').byteLength;
  if (value.L !== undefined) return value.L.reduce((sum, one) => sum + 1 + sizeOf(one, depth + 1), 3);
  if (value.M === undefined) return 1;
  return Object.entries(value.M).reduce((sum, [name, one]) => {
    const bytes = Buffer.byteLength(name);
    if (bytes < 1 || bytes > 65_535) throw new Refused(`An attribute name has ${bytes} bytes`);
    return sum + 1 + bytes + sizeOf(one, depth + 1);
  }, 3);
}

function numberSize(text: string): number {
  const magnitude = Math.abs(Number(text));
  const isHeld = magnitude === 0 || (magnitude >= 1e-130 && magnitude < 1e126);
  if (!isHeld) throw new Refused(`Number overflow or underflow: ${text}`);
  return Math.ceil(text.length / 2) + 1;
}
