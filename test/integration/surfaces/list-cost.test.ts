import { BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { z } from 'zod';
import { newBase } from '../../../lambdas/domain/identifiers';
import { listAttempts } from '../../../lambdas/store/attempt-lists';
import { type KnownTotal, listDeliveries } from '../../../lambdas/store/delivery-lists';
import { newDeliveryItem } from '../../../lambdas/store/new-delivery';
import { openTable, type Table } from '../../../lambdas/store/table';
import { dynamoDbClient } from '../../../local/dynamodb/client';
import { startDynamoDb } from '../../../local/dynamodb/server';
import { deployTables } from '../../../local/dynamodb/tables';
import { loadAssembly } from '../../../local/template/assembly';
import { Deployment } from '../../../local/template/deployment';
import { type Reading, recordReads } from './reads';

const ENVIRONMENT = `env_${'1'.repeat(32)}`;
const SHARDS = 4;
const START = Date.parse('2026-01-01T00:00:00Z');

let table: Table;
let reads: () => Reading;
let writer: DynamoDBClient;
let stop: () => Promise<void>;
let written = 0;

beforeAll(async () => {
  const engine = await startDynamoDb(undefined, () => {});
  const deployment = new Deployment(loadAssembly(inject('assemblies').usual));
  await deployTables(deployment, engine.endpoint);
  const [name = ''] = deployment.resources('AWS::DynamoDB::Table', z.unknown()).map((one) => one.name);
  table = openTable(name, dynamoDbClient(engine.endpoint));
  writer = dynamoDbClient(engine.endpoint);
  reads = recordReads(table.documents);
  stop = async () => {
    table.documents.destroy();
    writer.destroy();
    await engine.stop();
  };
});

afterAll(() => stop());

/** How many deliveries the larger table has. */
const LARGE = 20_000;

/** Deliveries that are written in full; older ones are never read, and have only what the index holds of them. */
const COMPLETE = 12_000;

/** Writes deliveries until the table has so many, each older than the ones before. */
async function fillTo(count: number): Promise<void> {
  const batches: object[][] = [];
  for (; written < count; written += 25) {
    batches.push(Array.from({ length: 25 }, (_, n) => deliveryItem(written + n)));
  }
  const write = async () => {
    for (let batch = batches.pop(); batch; batch = batches.pop()) {
      const requests = batch.map((item) => ({ PutRequest: { Item: marshall(item, { removeUndefinedValues: true }) } }));
      await writer.send(new BatchWriteItemCommand({ RequestItems: { [table.name]: requests } }));
    }
  };
  await Promise.all([write(), write(), write(), write()]);
}

function deliveryItem(number: number): object {
  const at = START - number * 1000;
  const createdAt = new Date(at).toISOString();
  const ids = { organization: 'org_x', environment: ENVIRONMENT, connection: 'con_x', destination: 'dst_x' };
  const delivery = { ...ids, base: newBase(at), delivery: 1, cause: 'auto' as const, maxAttempts: 5, createdAt };
  // Without its destination's entry, which this list does not read: half the time to write it.
  const { dstPk, dstSk, ...item } = newDeliveryItem(delivery, SHARDS, 30);
  const { pk, sk, tlPk, tlSk } = item;
  return number < COMPLETE ? item : { pk, sk, tlPk, tlSk };
}

const kept: KnownTotal = async () => written;

async function costOf(page: number, knownTotal?: KnownTotal): Promise<Reading & { readonly rows: number }> {
  reads();
  const filter = { environments: [ENVIRONMENT] };
  const window = { offset: (page - 1) * 20, limit: 20 };
  const { rows } = await listDeliveries(table, filter, window, { shards: SHARDS, knownTotal });
  return { ...reads(), rows: rows.length };
}

describe('the cost of a page of 20 deliveries', () => {
  test('is the same with 1,000 and with 20,000 in the table, in items, entries and capacity', async () => {
    await fillTo(1_000);
    const first = await costOf(1, kept);
    await fillTo(10_000);
    const hundredth = await costOf(100, kept);
    await fillTo(LARGE);
    expect(await costOf(1, kept)).toEqual(first);
    expect(await costOf(100, kept)).toEqual(hundredth);
    expect([first.items, hundredth.items, first.rows, hundredth.rows]).toEqual([20, 20, 20, 20]);
    expect(first.tableCapacity).toBe(hundredth.tableCapacity);
    // A page reads hardly more entries than it skips and shows.
    expect(first.entries).toBeLessThanOrEqual(4 * 20);
    expect(hundredth.entries).toBeLessThanOrEqual(2_000 * 1.2);
    process.stdout.write(`page 1: ${JSON.stringify(first)}\npage 100: ${JSON.stringify(hundredth)}\n`);
  }, 600_000);

  test('is bounded where nobody keeps the total: it is counted up to 10,000', async () => {
    await fillTo(LARGE);
    const filter = { environments: [ENVIRONMENT] };
    reads();
    const page = await listDeliveries(table, filter, { offset: 0, limit: 20 }, { shards: SHARDS });
    const { entries, items } = reads();
    expect([page.total, page.totalIsExact, items]).toEqual([10_000, false, 20]);
    expect(entries).toBeLessThanOrEqual(10_001 + 4 * 20 + SHARDS);
    const next = await listDeliveries(
      table,
      filter,
      { offset: 0, limit: 20, cursor: page.next, total: { total: page.total, totalIsExact: page.totalIsExact } },
      { shards: SHARDS },
    );
    expect([next.total, next.totalIsExact, reads().entries <= 4 * 20]).toEqual([10_000, false, true]);
  }, 600_000);

  test('is bounded where a filter finds nothing: the cursor says where to go on', async () => {
    await fillTo(LARGE);
    reads();
    const filter = { environments: [ENVIRONMENT], outcome: 'success' as const };
    const page = await listAttempts(table, filter, { offset: 0, limit: 20 }, SHARDS);
    expect([page.rows, page.total, page.totalIsExact]).toEqual([[], 0, false]);
    expect(page.next).toBeDefined();
    expect(reads().items).toBeLessThanOrEqual(10_400);
  }, 600_000);
});
