import * as z from 'zod/mini';
import type { Endpoint } from '../../http/endpoint';
import type { ApiResponse } from '../../http/messages';
import {
  type Activity,
  activityOfConnections,
  activityOfDestinations,
  activityOfSources,
} from '../../statistics/activity';
import type { Table } from '../../store/table/table';

const written = z.looseObject({ id: z.string(), env_id: z.string(), destination_id: z.optional(z.string()) });
type Written = z.output<typeof written>;

/** Of each kind of answer: what it holds, what went through that, and under which name the latest of it is shown. */
const KINDS = [
  { one: 'source', many: 'sources', lastName: 'last_event_at', read: readSources },
  { one: 'connection', many: 'connections', lastName: 'last_event_at', read: readConnections },
  { one: 'destination', many: 'destinations', lastName: 'last_delivery_at', read: activityOfDestinations },
] as const;

type Kind = (typeof KINDS)[number];

/**
 * Adds what went through them to the sources, connections and destinations of every answer: `event_count`, and
 * `last_event_at` or `last_delivery_at`. The endpoints need not know of the counters.
 */
export function withActivity<E extends Readonly<Record<string, Endpoint>>>(table: Table, endpoints: E): E {
  const extended = Object.entries(endpoints).map(([route, endpoint]): [string, Endpoint] => [
    route,
    async (request, principal) => extendAnswer(table, await endpoint(request, principal)),
  ]);
  return Object.fromEntries(extended) as unknown as E;
}

async function extendAnswer(table: Table, response: ApiResponse): Promise<ApiResponse> {
  const { data: body } = z.record(z.string(), z.unknown()).safeParse(response.body);
  const kind = body && KINDS.find(({ one, many }) => one in body || many in body);
  if (!kind) return response;
  const single = written.safeParse(body[kind.one]).data;
  const list = z.array(written).safeParse(body[kind.many]).data;
  const [first, ...more] = await extendAll(table, kind, list ?? (single ? [single] : []));
  if (list) return { ...response, body: { ...body, [kind.many]: first ? [first, ...more] : [] } };
  return single ? { ...response, body: { ...body, [kind.one]: first } } : response;
}

async function extendAll(table: Table, { read, lastName }: Kind, items: readonly Written[]) {
  const activities = await read(table, items);
  return items.map((item, index) => {
    const { count, lastAt } = activities[index] ?? { count: 0, lastAt: null };
    return { ...item, event_count: count, [lastName]: lastAt };
  });
}

function readSources(table: Table, items: readonly Written[]): Promise<Activity[]> {
  const sources = items.map(({ id, env_id }) => ({ id, environment: env_id }));
  return activityOfSources(table, sources);
}

function readConnections(table: Table, items: readonly Written[]): Promise<Activity[]> {
  const connections = items.map(({ id, destination_id }) => ({ id, destination: destination_id ?? '' }));
  return activityOfConnections(table, connections);
}
