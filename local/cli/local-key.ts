import { createApiKey, findApiKey, SCOPES } from '../../lambdas/store/access/api-keys';
import { openTable, type Table } from '../../lambdas/store/table/table';
import { dynamoDbClient } from '../dynamodb/client';
import { readFileIfPresent, writeFileAtomically } from '../storage/atomic-file';

/** The organization and environment that the local key belongs to. */
const ORGANIZATION = 'local';
const ENVIRONMENT = 'development';

/**
 * An API key for the running stack: the one from before the restart, or a new one with every scope.
 *
 * @param path file that keeps the key, readable by its owner only; without it every start creates a new key
 */
export async function localKey(endpoint: string, tableName: string, path: string | undefined): Promise<string> {
  const client = dynamoDbClient(endpoint);
  try {
    const table = openTable(tableName, client);
    const kept = path === undefined ? undefined : readFileIfPresent(path)?.trim();
    if (kept !== undefined && (await isValid(table, kept))) return kept;
    const request = { organization: ORGANIZATION, environment: ENVIRONMENT, name: 'local', scopes: SCOPES };
    const { secret } = await createApiKey(table, request, Date.now());
    if (path !== undefined) writeFileAtomically(path, `${secret}\n`, 0o600);
    return secret;
  } finally {
    client.destroy();
  }
}

async function isValid(table: Table, secret: string): Promise<boolean> {
  const key = await findApiKey(table, secret);
  return key !== undefined && key.revokedAt === undefined;
}
