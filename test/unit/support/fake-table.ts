import { BatchGetCommand, DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import type { Destination } from '../../../lambdas/configuration/destination';
import { type ApiKey, hashSecret } from '../../../lambdas/store/access/api-keys';
import { apiKeyKey, destinationKey } from '../../../lambdas/store/table/addresses';
import { ENVIRONMENT, idOf, ORGANIZATION } from './records';

type Item = Record<string, unknown>;

export const KEY = 'phk_test';

/** An API key for {@link KEY}. */
export const apiKeyOf = (changes: Partial<ApiKey> = {}): ApiKey => ({
  id: idOf('key', 1),
  hash: hashSecret(KEY),
  name: 'test',
  ...{ organization: ORGANIZATION, organizationName: 'acme', environment: ENVIRONMENT, environmentName: 'test' },
  scopes: ['read', 'write', 'delete'],
  createdAt: '2026-01-01T00:00:00.000Z',
  ...changes,
});

/** The document client with its reads answered from `items`; writes are for the test to answer. */
export function fakeTable() {
  const documents = mockClient(DynamoDBDocumentClient);
  const items: Item[] = [];
  const found = ({ pk, sk }: Item) => items.find((item) => item.pk === pk && item.sk === sk);
  const reset = (...initial: Item[]): void => {
    documents.reset();
    items.splice(0, items.length, ...initial);
    documents.on(GetCommand).callsFake(({ Key }) => ({ Item: found(Key) }));
    documents.on(QueryCommand).callsFake((input) => {
      const { ':pk': pk, ':prefix': prefix = '', ':first': first, ':last': last } = input.ExpressionAttributeValues;
      const [pkName, skName] = [input.ExpressionAttributeNames?.['#pk'], input.ExpressionAttributeNames?.['#sk']];
      const matching = input.IndexName
        ? items.filter((item) => item[pkName] === pk && String(item[skName]) >= first && String(item[skName]) <= last)
        : items.filter((item) => item.pk === pk && String(item.sk).startsWith(prefix));
      return { Items: matching, Count: matching.length };
    });
    documents.on(BatchGetCommand).callsFake(({ RequestItems }) => ({
      Responses: { table: RequestItems.table.Keys.map(found).filter(Boolean) },
    }));
  };
  return { documents, reset, items };
}

export const apiKeyItem = (key: ApiKey = apiKeyOf()): Item => ({ ...apiKeyKey(key.hash), ...key });

export const destinationItem = (destination: Destination): Item => ({
  ...destinationKey(destination.environment, destination.id),
  ...destination,
});
