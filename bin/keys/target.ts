import { readFileSync } from 'node:fs';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { z } from 'zod';
import { openTable, type Table } from '../../lambdas/store/table/table';
import { RUNNING_STACK_FILE } from '../../local/cli/ready-files';
import { dynamoDbClient } from '../../local/dynamodb/client';
import { KeysError, NO_LOCAL_STACK, type Place } from './errors';
import type { TargetOptions } from './options';

/** The table that a command works on. */
export interface Target extends Place {
  readonly client: DynamoDBClient;
}

const runningStack = z.object({
  endpoints: z.object({ dynamodb: z.string() }),
  outputs: z.object({ TableName: z.string() }),
});

/**
 * Finds the table that the options mean: the one of the running local stack, one at an endpoint, or a deployed one.
 *
 * @param stackFile file in which the local stack says where it is
 * @throws KeysError when the options do not name a table, or no local stack runs
 */
export function targetOf(
  { local, endpoint, table }: TargetOptions,
  environment: NodeJS.ProcessEnv,
  stackFile = RUNNING_STACK_FILE,
): Target {
  if (local && endpoint !== undefined) throw new KeysError('Give --local or --endpoint, not both.');
  if (local) return localTarget(table, stackFile);
  const name = table ?? (environment.POSTHORN_TABLE || undefined);
  if (endpoint !== undefined) return { client: clientAt(endpoint), table: name, endpoint };
  if (name !== undefined) return { client: new DynamoDBClient({}), table: name };
  throw new KeysError('Name the table with --table or POSTHORN_TABLE, or give --local for the running local stack.');
}

function localTarget(table: string | undefined, stackFile: string): Target {
  const { endpoints, outputs } = readRunningStack(stackFile);
  return {
    client: dynamoDbClient(endpoints.dynamodb),
    table: table ?? outputs.TableName,
    endpoint: endpoints.dynamodb,
    local: true,
  };
}

function readRunningStack(stackFile: string): z.output<typeof runningStack> {
  try {
    return runningStack.parse(JSON.parse(readFileSync(stackFile, 'utf8')));
  } catch {
    throw new KeysError(NO_LOCAL_STACK);
  }
}

/** A local DynamoDB may have separate tables for each access key, so the stack's own key is used. */
function clientAt(endpoint: string): DynamoDBClient {
  const { hostname } = new URL(endpoint);
  const isLocal = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
  return isLocal ? dynamoDbClient(endpoint) : new DynamoDBClient({ endpoint });
}

/**
 * Opens the table of a target. At an endpoint that holds one table only, that table needs no name.
 *
 * @throws KeysError if it is not clear which table is meant
 */
export async function openTarget({ client, table }: Target): Promise<Table> {
  if (table !== undefined) return openTable(table, client);
  const { TableNames = [] } = await client.send(new ListTablesCommand({}));
  const [only, ...others] = TableNames;
  if (only !== undefined && others.length === 0) return openTable(only, client);
  throw new KeysError(`Name the table with --table: there are ${TableNames.length} at this endpoint.`);
}
