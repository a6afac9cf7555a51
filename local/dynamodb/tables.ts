import {
  CreateTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  ResourceNotFoundException,
  type TableDescription,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { LocalStackError, messageOf } from '../errors';
import type { Deployment, Resource } from '../template/deployment';
import type { TableKeys } from './actions';
import { dynamoDbClient } from './client';
import { type TableProperties, tableProperties } from './table-properties';

/**
 * Creates the template's tables at the endpoint. An existing table keeps its data.
 *
 * @throws LocalStackError if the endpoint does not answer or keeps separate tables for each caller
 */
export async function deployTables(deployment: Deployment, endpoint: string): Promise<void> {
  const client = dynamoDbClient(endpoint);
  try {
    for (const table of deployment.resources('AWS::DynamoDB::Table', tableProperties)) {
      const { TableArn = '', LatestStreamArn = '' } = await ensureTable(client, endpoint, table);
      deployment.register(table.logicalId, {
        ref: table.name,
        attributes: { Arn: TableArn, StreamArn: LatestStreamArn },
      });
    }
  } catch (error) {
    if (error instanceof LocalStackError) throw error;
    throw new LocalStackError(`DynamoDB at ${endpoint} did not make the table: ${messageOf(error)}.`);
  } finally {
    client.destroy();
  }
}

/** The keys of the template's tables, by table; after {@link deployTables}. */
export function tableKeys(deployment: Deployment): ReadonlyMap<string, TableKeys> {
  return new Map(
    deployment.resources('AWS::DynamoDB::Table', tableProperties).map(({ logicalId, name, properties }) => [
      name,
      {
        arn: deployment.attribute(logicalId, 'Arn'),
        streamArn: deployment.attribute(logicalId, 'StreamArn'),
        keys: properties.KeySchema.map(({ AttributeName }) => AttributeName),
        hash: hashOf(properties.KeySchema),
        indexes: Object.fromEntries(
          (properties.GlobalSecondaryIndexes ?? []).map(({ IndexName, KeySchema }) => [IndexName, hashOf(KeySchema)]),
        ),
      },
    ]),
  );
}

const hashOf = (schema: TableProperties['KeySchema']): string =>
  schema.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName ?? '';

async function ensureTable(
  client: DynamoDBClient,
  endpoint: string,
  { name, properties }: Resource<TableProperties>,
): Promise<TableDescription> {
  const existing = await describe(client, name);
  if (existing !== undefined) return existing;
  await client.send(new CreateTableCommand(createTableInput(name, properties)));
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1 }, { TableName: name });
  await enableTimeToLive(client, name, properties);
  await assertShared(endpoint, name);
  return (await describe(client, name)) ?? {};
}

function createTableInput(TableName: string, properties: TableProperties): CreateTableCommand['input'] {
  const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, LocalSecondaryIndexes, StreamSpecification } =
    properties;
  return {
    TableName,
    AttributeDefinitions,
    KeySchema,
    BillingMode: 'PAY_PER_REQUEST',
    ...(GlobalSecondaryIndexes && { GlobalSecondaryIndexes: GlobalSecondaryIndexes.map(withoutUnset) }),
    ...(LocalSecondaryIndexes && { LocalSecondaryIndexes: LocalSecondaryIndexes.map(withoutUnset) }),
    ...(StreamSpecification && { StreamSpecification: { StreamEnabled: true, ...StreamSpecification } }),
  };
}

type Index = NonNullable<TableProperties['GlobalSecondaryIndexes']>[number];

const withoutUnset = ({ IndexName, KeySchema, Projection: { ProjectionType, NonKeyAttributes } }: Index) => ({
  IndexName,
  KeySchema,
  Projection: { ProjectionType, ...(NonKeyAttributes && { NonKeyAttributes }) },
});

async function enableTimeToLive(client: DynamoDBClient, TableName: string, properties: TableProperties): Promise<void> {
  const { AttributeName, Enabled } = properties.TimeToLiveSpecification ?? { Enabled: false };
  if (!Enabled) return;
  await client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification: { AttributeName, Enabled } }));
}

async function describe(client: DynamoDBClient, TableName: string): Promise<TableDescription | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName }))).Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

/** DynamoDB Local has a database for each access key unless told otherwise, and each function has its own key. */
async function assertShared(endpoint: string, name: string): Promise<void> {
  const other = dynamoDbClient(endpoint, 'localProbe');
  try {
    if ((await describe(other, name)) !== undefined) return;
    throw new LocalStackError(
      `DynamoDB at ${endpoint} keeps separate tables a caller: start DynamoDB Local with -sharedDb.`,
    );
  } finally {
    other.destroy();
  }
}
