import * as z from 'zod';
import type { ZodOpenApiParameters } from 'zod-openapi';
import type { Operation } from './operation';

/** The meaning of query parameters, which is the same on every surface. */
const MEANINGS: Readonly<Record<string, string>> = {
  limit: 'Rows of the page at most',
  offset: 'Rows before the page; the first 10,000 can be reached so',
  page: 'Number of the page, from 1; the first 10,000 rows can be reached so',
  pageSize: 'Rows of the page at most',
  cursor: 'Where the page begins: `next_cursor` of an earlier answer. It counts instead of an offset or page number',
  from: 'Rows from this time on. A time without offset is UTC',
  to: 'Rows up to this time. A time without offset is UTC',
  after: 'Events from this time on; at most 40 days back. A time without offset is UTC',
  before: 'Events up to this time. A time without offset is UTC',
  status: 'Rows of this status only',
  type: 'Rows of this type only',
  method: 'Events that came by this method only',
  verification_status: 'Events whose signature check came to this only',
  is_dlq: '`1`: attempts that deliveries died on only',
  event_id: 'Rows of this event only',
  eventId: 'Rows of this event only',
  source_id: 'Rows of this source only',
  connection_id: 'Rows of this connection only',
  binding_id: 'Rows of this connection only',
  routeId: 'Rows of this connection only',
  destination_id: 'Rows of this destination only',
  destinationId: 'Rows of this destination only',
  granularity: 'Length of a step',
  period: 'How far back the statistics reach',
  includeAttempts: 'Whether the answer lists all attempts',
};

/** The parameters of an operation in the generator's format. */
export function requestParams({ params, query, headers }: Operation): { requestParams?: ZodOpenApiParameters } {
  if (!params && !query && !headers) return {};
  return {
    requestParams: {
      ...(params && { path: inPath(params) }),
      ...(query && { query }),
      ...(headers && { header: headers }),
    },
  };
}

function inPath(params: Readonly<Record<string, string>>) {
  const members = Object.entries(params).map(([name, description]) => [name, z.string().meta({ description })]);
  return z.object(Object.fromEntries(members));
}

const parameter = z.looseObject({ name: z.string(), in: z.string(), description: z.string().optional() });

/** Adds descriptions to the query parameters of an operation. */
export function withMeanings(parameters: unknown): z.output<typeof parameter>[] {
  return parameter
    .array()
    .parse(parameters)
    .map((one) => {
      const description = one.in === 'query' ? MEANINGS[one.name] : undefined;
      const { name, in: place, ...rest } = one;
      return description ? { in: place, name, description, ...rest } : one;
    });
}
