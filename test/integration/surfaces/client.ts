import { z } from 'zod';
import { expectDocumented } from '../support/documented';
import { eventually } from '../support/eventually';

/** An answer of the HTTP API; an empty body is undefined. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** Makes calls with one key, or with none. Every answer has to be one that the OpenAPI document describes. */
export type Client = (method: string, path: string, json?: unknown) => Promise<Answer>;

export function clientOf(url: string, key?: string): Client {
  return async (method, path, json) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...(key !== undefined && { 'x-api-key': key }) },
      ...(json !== undefined && { body: JSON.stringify(json) }),
    });
    const text = await response.text();
    const body = text === '' ? undefined : (JSON.parse(text) as unknown);
    expectDocumented(method, path, response.status, body);
    return { status: response.status, headers: response.headers, body };
  };
}

/** The members of a page of any list: its rows by identifier, and where it goes on. */
const listShape = z.looseObject({
  delivery_attempts: z.array(z.looseObject({ id: z.string() })).optional(),
  items: z.array(z.looseObject({ id: z.string() })).optional(),
  data: z.array(z.looseObject({ id: z.string() })).optional(),
  events: z.array(z.looseObject({ id: z.string() })).optional(),
  pagination: z.looseObject({
    total: z.number(),
    total_is_exact: z.boolean(),
    next_cursor: z.string().nullable(),
  }),
});

export interface ListPage {
  readonly rows: readonly { readonly id: string; readonly [member: string]: unknown }[];
  readonly total: number;
  readonly exact: boolean;
  readonly next: string | null;
}

/** Reads one page of a list that has to be answered. */
export async function list(client: Client, path: string): Promise<ListPage> {
  const { status, body } = await client('GET', path);
  if (status !== 200) throw new Error(`GET ${path}: ${status} ${JSON.stringify(body)}`);
  const { delivery_attempts, items, data, events, pagination } = listShape.parse(body);
  const rows = delivery_attempts ?? items ?? data ?? events ?? [];
  return { rows, total: pagination.total, exact: pagination.total_is_exact, next: pagination.next_cursor };
}

/** Identifiers of all rows of a list, page by page through its cursor. */
export async function walk(client: Client, path: string): Promise<string[]> {
  const ids: string[] = [];
  let next: string | null = null;
  do {
    const page: ListPage = await list(client, next === null ? path : `${path}&cursor=${next}`);
    ids.push(...page.rows.map(({ id }) => id));
    next = page.next;
  } while (next !== null);
  return ids;
}

/** Waits until a list has as many rows. */
export async function untilListed(client: Client, path: string, count: number): Promise<ListPage> {
  return eventually(`${count} rows of ${path}`, async () => {
    const page = await list(client, path);
    return page.rows.length === count && page;
  });
}
