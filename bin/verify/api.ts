import * as z from 'zod';
import { DELIVERY_STATUSES } from '../../lambdas/domain/delivery';
import { findApiKey, listEnvironments } from '../../lambdas/store/access/api-keys';
import type { Table } from '../../lambdas/store/table/table';
import type { Row } from './comparison';
import type { Contents } from './scan';

/** Where the API is, and a key that may read. */
export interface ApiAccess {
  readonly url: string;
  readonly key: string;
}

const page = z.object({ pagination: z.object({ total: z.number(), total_is_exact: z.boolean().default(true) }) });
const statistics = z.object({
  total: z.number(),
  delivered: z.number(),
  failed: z.number(),
  pending: z.number(),
});

const FAILED: readonly string[] = ['failed', 'partial', 'schema_failed'];

/**
 * Compares what the API answers with the table's contents.
 *
 * @param now milliseconds since the epoch
 * @throws Error when the key is unknown, or the API does not answer
 */
export async function compareApi(table: Table, contents: Contents, api: ApiAccess, now: number): Promise<Row[]> {
  const environments = await environmentsOf(table, api.key);
  const own = contents.deliveries.filter(({ environment }) => environments.includes(environment));
  const rows: Row[] = [];
  for (const status of [undefined, ...DELIVERY_STATUSES]) {
    const query = status === undefined ? '' : `&status=${status}`;
    const { pagination } = page.parse(await call(api, `/api/deliveries?pageSize=1${query}`));
    const expected = own.filter((delivery) => status === undefined || delivery.status === status).length;
    if (!pagination.total_is_exact) continue;
    rows.push({ what: `total of deliveries${status ? ` that are ${status}` : ''}`, expected, found: pagination.total });
  }
  return [...rows, ...(await compareStatistics(api, own, now))];
}

/** Deliveries of the last day by the hour that the period begins in. */
async function compareStatistics(api: ApiAccess, own: Contents['deliveries'], now: number): Promise<Row[]> {
  const found = statistics.parse(await call(api, '/api/deliveries/stats?period=24h'));
  const from = Math.floor((now - 86_400_000) / 3_600_000) * 3_600_000;
  const recent = own.filter(({ createdAt }) => Date.parse(createdAt) >= from);
  const delivered = recent.filter(({ status }) => status === 'delivered').length;
  const failed = recent.filter(({ status }) => FAILED.includes(status)).length;
  const expected = { total: recent.length, delivered, failed, pending: recent.length - delivered - failed };
  return (['total', 'delivered', 'failed', 'pending'] as const).map((word) => {
    return { what: `statistics of 24h, ${word}`, expected: expected[word], found: found[word] };
  });
}

async function environmentsOf(table: Table, secret: string): Promise<readonly string[]> {
  const key = await findApiKey(table, secret);
  if (!key) throw new Error('The table does not know this API key.');
  return key.environment ? [key.environment] : listEnvironments(table, key.organization);
}

async function call({ url, key }: ApiAccess, path: string): Promise<unknown> {
  const response = await fetch(url + path, { headers: { 'x-api-key': key } });
  if (!response.ok) throw new Error(`GET ${path} answered ${response.status}.`);
  return response.json();
}
