import * as z from 'zod';
import type { CallFields, JsonObject } from '../calls/call';
import type { Landscape } from './landscape';
import type { Need } from './need';

type Operation = Pick<CallFields, 'operation'> & { readonly parameters: JsonObject };

/** The single actions that authorize the parts of a transaction. */
const PARTS: Readonly<Record<string, string>> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
  Get: 'GetItem',
};

const transaction = z.object({
  TransactItems: z.array(z.record(z.string(), z.object({ TableName: z.string() }))),
});
const batch = z.object({ RequestItems: z.record(z.string(), z.unknown()) });
const single = z.object({ TableName: z.string(), IndexName: z.string().optional() });
const streamed = z.object({ StreamArn: z.string().optional(), ShardIterator: z.string().optional() });

/**
 * The permissions that a call of DynamoDB needs. None for parameters that DynamoDB will refuse anyway.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
 */
export function dynamoDbNeeds({ operation, parameters }: Operation, landscape: Landscape): Need[] {
  const keyNeeds = (table: string) => landscape.keyNeeds(table, 'dynamodb', ['kms:Decrypt']);
  const on = (action: string, table: string, context?: Need['context']): Need[] => [
    { action: `dynamodb:${action}`, resource: table, ...(context && { context }) },
    ...keyNeeds(table),
  ];
  switch (operation) {
    case 'TransactWriteItems':
    case 'TransactGetItems': {
      const items = transaction.safeParse(parameters).data?.TransactItems ?? [];
      const context = { 'dynamodb:EnclosingOperation': operation };
      return items
        .flatMap((item) => Object.entries(item))
        .flatMap(([part, { TableName }]) => on(PARTS[part] ?? part, landscape.tableArn(TableName), context));
    }
    case 'BatchGetItem':
    case 'BatchWriteItem': {
      const tables = Object.keys(batch.safeParse(parameters).data?.RequestItems ?? {});
      return tables.flatMap((name) => on(operation, landscape.tableArn(name)));
    }
    default: {
      const { TableName, IndexName } = single.safeParse(parameters).data ?? {};
      if (TableName === undefined) return [{ action: `dynamodb:${operation}`, resource: '*' }];
      const table = landscape.tableArn(TableName);
      const resource = IndexName === undefined ? table : `${table}/index/${IndexName}`;
      return [{ action: `dynamodb:${operation}`, resource }, ...keyNeeds(table)];
    }
  }
}

/** The permissions that a call of DynamoDB Streams needs. */
export function streamNeeds({ operation, parameters }: Operation, landscape: Landscape): Need[] {
  const { StreamArn, ShardIterator } = streamed.safeParse(parameters).data ?? {};
  const resource = StreamArn ?? (ShardIterator === undefined ? '*' : landscape.streamOfIterator(ShardIterator));
  const table = resource.replace(/\/stream\/.*$/, '');
  return [{ action: `dynamodb:${operation}`, resource }, ...landscape.keyNeeds(table, 'dynamodb', ['kms:Decrypt'])];
}
