import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGzip } from 'node:zlib';
import { DescribeTableCommand, type TableDescription } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Deployment } from '../template/deployment';
import { dynoxideBinary } from './binary';
import { dynamoDbClient } from './client';
import { type DynamoDbServer, startDynamoDb } from './server';
import { deployTables } from './tables';

/** A DynamoDB endpoint whose one table was filled before it started. */
export interface SeededDynamoDb extends DynamoDbServer {
  readonly table: string;
}

/**
 * Starts a DynamoDB that holds `items` from the beginning. They are imported in the format of DynamoDB's exports to S3:
 * 100,000 take seconds, where writing them one by one takes minutes. They do not appear in the table's stream.
 *
 * @param deployment a fresh deployment of an assembly with one table; its table is registered
 * @param items plain objects, as the document client takes them
 */
export async function startSeededDynamoDb(deployment: Deployment, items: Iterable<object>): Promise<SeededDynamoDb> {
  const folder = await mkdtemp(join(tmpdir(), 'posthorn-seed-'));
  const description = await describeDeployed(deployment);
  const table = description.TableName ?? '';
  await mkdir(join(folder, 'export', table, 'data'), { recursive: true });
  await writeFile(join(folder, 'schema.json'), JSON.stringify({ Table: description }));
  await pipeline(Readable.from(lines(items)), createGzip({ level: 1 }), createWriteStream(dataFile(folder, table)));
  const file = join(folder, 'table.db');
  const [source, schema] = [join(folder, 'export'), join(folder, 'schema.json')];
  await promisify(execFile)(dynoxideBinary(), ['import', '--source', source, '--schema', schema, '--output', file]);
  const server = await startDynamoDb(file, () => {});
  const stop = async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { endpoint: server.endpoint, table, stop };
}

const dataFile = (folder: string, table: string): string => join(folder, 'export', table, 'data', 'items.json.gz');

/** The description of the deployment's table, taken from an empty engine. */
async function describeDeployed(deployment: Deployment): Promise<TableDescription> {
  const engine = await startDynamoDb(undefined, () => {});
  const client = dynamoDbClient(engine.endpoint);
  try {
    await deployTables(deployment, engine.endpoint);
    const [table] = deployment.names('AWS::DynamoDB::Table');
    const { Table = {} } = await client.send(new DescribeTableCommand({ TableName: table?.name }));
    return Table;
  } finally {
    client.destroy();
    await engine.stop();
  }
}

/** How many items are written together: one write per item would take longer than the import. */
const CHUNK = 500;

function* lines(items: Iterable<object>): Generator<string> {
  let chunk: string[] = [];
  for (const item of items) {
    chunk.push(`${JSON.stringify({ Item: marshall(item, { removeUndefinedValues: true }) })}\n`);
    if (chunk.length === CHUNK) {
      yield chunk.join('');
      chunk = [];
    }
  }
  yield chunk.join('');
}
