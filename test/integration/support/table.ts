import {
  type DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  ScanCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { parseFamilyId } from '../../../lambdas/domain/identifiers';
import { deadLetterKey, deliveryKey, eventKey, type Key } from '../../../lambdas/store/table/addresses';
import { updateOf } from '../../../lambdas/store/table/expressions';
import { INDEXES, openTable, type Table } from '../../../lambdas/store/table/table';
import { dynamoDbClient } from '../../../local/dynamodb/client';

export type Item = Readonly<Record<string, unknown>>;

/** Looks into the table as any SDK client can, and changes items where a test needs a state that takes too long to reach. */
export class TableProbe {
  readonly table: Table;
  private readonly documents: DynamoDBDocumentClient;

  constructor(endpoint: string, name: string) {
    this.table = openTable(name, dynamoDbClient(endpoint));
    this.documents = this.table.documents;
  }

  async get(Key: Key): Promise<Item | undefined> {
    return (await this.documents.send(new GetCommand({ TableName: this.table.name, Key, ConsistentRead: true }))).Item;
  }

  async change(Key: Key, set: Item, remove: readonly string[] = []): Promise<void> {
    await this.documents.send(new UpdateCommand({ TableName: this.table.name, Key, ...updateOf({ set, remove }) }));
  }

  /** The item of a delivery. */
  async delivery(id: string): Promise<Item> {
    const item = await this.get(keyOfDelivery(id));
    if (!item) throw new Error(`There is no delivery ${id}.`);
    return item;
  }

  deadLetter(id: string, attempt: number): Promise<Item | undefined> {
    const { base, ordinal } = addressOf(id);
    return this.get(deadLetterKey(base, ordinal, attempt));
  }

  /** An event and everything that came of it, in order of the sort key. */
  async family(eventId: string): Promise<Item[]> {
    const { pk } = eventKey(addressOf(eventId, 'evt').base);
    const query = { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': pk } };
    const { Items = [] } = await this.documents.send(
      new QueryCommand({ TableName: this.table.name, ...query, ConsistentRead: true }),
    );
    return Items;
  }

  /** The entries that the `attention` index has for one item. */
  async attentionOf({ pk, sk }: Key): Promise<string[]> {
    const { Items = [] } = await this.documents.send(
      new ScanCommand({ TableName: this.table.name, IndexName: INDEXES.attention }),
    );
    return Items.filter((item) => item.pk === pk && item.sk === sk).map(({ attPk }) => String(attPk));
  }

  /**
   * Keys of all items, so that a test can say that a call left nothing behind. What a key has used up of its rate limit is
   * left by every call, and counters follow some seconds after whatever earlier calls wrote.
   */
  async allKeys(): Promise<string[]> {
    const keys = (await this.all()).map(({ pk, sk }) => `${pk} ${sk}`);
    return keys.filter((key) => !/^(RATE|COUNTED|STAT)#| SWEEP$/.test(key)).sort();
  }

  /** The whole table as text, to look for what must not be in it. */
  async allItems(): Promise<string> {
    return JSON.stringify(await this.all());
  }

  /** Every item. */
  async all(): Promise<Item[]> {
    const items: Item[] = [];
    let ExclusiveStartKey: Record<string, unknown> | undefined;
    do {
      const page = await this.documents.send(new ScanCommand({ TableName: this.table.name, ExclusiveStartKey }));
      items.push(...(page.Items ?? []));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
    return items;
  }

  close(): void {
    this.documents.destroy();
  }
}

/** Key of a delivery's item. */
export function keyOfDelivery(id: string): Key {
  const { base, ordinal } = addressOf(id);
  return deliveryKey(base, ordinal);
}

/** The address that an id is. */
export function addressOf(id: string, prefix: 'dlv' | 'evt' = 'dlv') {
  const address = parseFamilyId(id, prefix);
  if (!address) throw new Error(`${id} is no identifier.`);
  return address;
}
