import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { newBase } from '../../../lambdas/domain/identifiers';
import { newDeliveryItem } from '../../../lambdas/store/deliveries/new-delivery';
import { listAttempts } from '../../../lambdas/store/lists/attempt-lists';
import { type KnownTotal, listDeliveries } from '../../../lambdas/store/lists/delivery-lists';
import { openTable, type Table } from '../../../lambdas/store/table/table';
import { dynamoDbClient } from '../../../local/dynamodb/client';
import { startSeededDynamoDb } from '../../../local/dynamodb/seeded';
import { loadAssembly } from '../../../local/template/assembly';
import { Deployment } from '../../../local/template/deployment';
import { type Reading, recordReads } from './reads';

const ENVIRONMENT = `env_${'1'.repeat(32)}`;
const SHARDS = 4;
const START = Date.parse('2026-01-01T00:00:00Z');

/** A table with so many deliveries. */
interface Seeded {
  readonly table: Table;
  readonly deliveries: number;
  reads(): Reading;
  stop(): Promise<void>;
}

async function seed(deliveries: number): Promise<Seeded> {
  const items = Array.from({ length: deliveries }, (_, number) => deliveryItem(number));
  const engine = await startSeededDynamoDb(new Deployment(loadAssembly(inject('assemblies').usual)), items);
  const table = openTable(engine.table, dynamoDbClient(engine.endpoint));
  const stop = async () => {
    table.documents.destroy();
    await engine.stop();
  };
  return { table, deliveries, reads: recordReads(table.documents), stop };
}

/** Each delivery is a second older than the one before. */
function deliveryItem(number: number): object {
  const at = START - number * 1000;
  const createdAt = new Date(at).toISOString();
  const ids = { organization: 'org_x', environment: ENVIRONMENT, connection: 'con_x', destination: 'dst_x' };
  const delivery = { ...ids, base: newBase(at), ordinal: 1, cause: 'auto' as const, maxAttempts: 5, createdAt };
  return newDeliveryItem(delivery, SHARDS, 30);
}

let small: Seeded;
let large: Seeded;

beforeAll(async () => {
  small = await seed(1_000);
  large = await seed(100_000);
}, 300_000);

afterAll(() => Promise.all([small?.stop(), large?.stop()]));

async function costOf({ table, deliveries, reads }: Seeded, page: number): Promise<Reading & { rows: number }> {
  reads();
  const kept: KnownTotal = async () => deliveries;
  const window = { offset: (page - 1) * 20, limit: 20 };
  const { rows, total } = await listDeliveries(table, FILTER, window, { shards: SHARDS, knownTotal: kept });
  expect(total).toBe(deliveries);
  return { ...reads(), rows: rows.length };
}

const FILTER = { environments: [ENVIRONMENT] };

describe('the cost of a page of 20 deliveries', () => {
  test('is the same with 1,000 and with 100,000 in the table, in items, entries and capacity', async () => {
    const [first, fortieth] = [await costOf(small, 1), await costOf(small, 40)];
    expect(await costOf(large, 1)).toEqual(first);
    // Which shard a row is in is random, so the shards' pages that are read ahead differ by a few entries.
    const same = await costOf(large, 40);
    expect([same.items, same.rows, same.tableCapacity]).toEqual([
      fortieth.items,
      fortieth.rows,
      fortieth.tableCapacity,
    ]);
    expect(Math.abs(same.entries - fortieth.entries)).toBeLessThanOrEqual(4 * 20);
    const hundredth = await costOf(large, 100);
    expect([first.items, hundredth.items, first.rows, hundredth.rows]).toEqual([20, 20, 20, 20]);
    expect(first.tableCapacity).toBe(hundredth.tableCapacity);
    // A page reads hardly more entries than it skips and shows.
    expect(first.entries).toBeLessThanOrEqual(4 * 20);
    expect(hundredth.entries).toBeLessThanOrEqual(2_000 * 1.2);
    process.stdout.write(
      `at 1,000:   page 1 ${JSON.stringify(first)}, page 40 ${JSON.stringify(fortieth)}\n` +
        `at 100,000: page 1 the same, page 40 ${JSON.stringify(same)}, page 100 ${JSON.stringify(hundredth)}\n`,
    );
  });

  test('is bounded where nobody keeps the total: it is counted up to 10,000', async () => {
    const { table, reads } = large;
    reads();
    const page = await listDeliveries(table, FILTER, { offset: 0, limit: 20 }, { shards: SHARDS });
    const { entries, items } = reads();
    expect([page.total, page.totalIsExact, items]).toEqual([10_000, false, 20]);
    expect(entries).toBeLessThanOrEqual(10_001 + 4 * 20 + SHARDS);
    const next = await listDeliveries(
      table,
      FILTER,
      { offset: 0, limit: 20, cursor: page.next, total: { total: page.total, totalIsExact: page.totalIsExact } },
      { shards: SHARDS },
    );
    expect([next.total, next.totalIsExact, reads().entries <= 4 * 20]).toEqual([10_000, false, true]);
  });

  test('is bounded where a filter finds nothing: the cursor says where to go on', async () => {
    const { table, reads } = large;
    reads();
    const filter = { ...FILTER, outcome: 'success' as const };
    const page = await listAttempts(table, filter, { offset: 0, limit: 20 }, SHARDS);
    expect([page.rows, page.total, page.totalIsExact]).toEqual([[], 0, false]);
    expect(page.next).toBeDefined();
    expect(reads().items).toBeLessThanOrEqual(10_400);
  });
});
