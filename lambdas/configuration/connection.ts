import * as z from 'zod/mini';
import { once } from '../runtime/once';
import { eventCount, lastEventAt, NO_ACTIVITY } from './activity';
import { changeBody, createBody, type ItemOf, itemSchema, write } from './derived';
import { filterRules } from './filter-rules';
import { type Members, member, nullableScalar, preset, scalar, shown } from './members';
import { idOf, name, text } from './names';
import { payloadSchema } from './payload-schema';

/** Names of the source and destination that a connection joins. */
export interface ConnectionNames {
  readonly source?: string | undefined;
  readonly destination?: string | undefined;
}

/** What an answer needs that is not stored. */
interface Joined {
  readonly source?: string | undefined;
  readonly names: ConnectionNames;
}

/** Shown when a connection takes every source: clients print the name, or a shortened id if there is none. */
const EVERY_SOURCE = '(every source)';

/** Members of a connection. */
export const connectionMembers = {
  name,
  description: nullableScalar('description', {
    input: () => text().check(z.maxLength(1000)),
    kept: () => z.string(),
  }),
  /** Absent: every source, and events published without one. */
  source: nullableScalar('source_id', { input: () => z.string(), answer: () => idOf('src') }),
  sourceName: shown(
    () => ({ source_name: z.nullable(z.string()) }),
    ({ source, names }: Joined) => ({ source_name: source === undefined ? EVERY_SOURCE : (names.source ?? null) }),
  ),
  destination: scalar('destination_id', { input: () => z.string(), answer: () => idOf('dst') }),
  destinationName: shown(
    () => ({ destination_name: z.nullable(z.string()) }),
    ({ names }: Joined) => ({ destination_name: names.destination ?? null }),
  ),
  filterRules,
  schema: payloadSchema,
  /** Answers also show it as a status, as sources and destinations have one. */
  enabled: member({
    body: () => ({ enabled: preset(z.boolean(), true) }),
    kept: () => z.boolean(),
    read: ({ enabled }) => enabled,
    answer: () => ({ enabled: z.boolean(), status: z.enum(['active', 'disabled']) }),
    write: (enabled) => ({ enabled, status: connectionStatus({ enabled }) }),
  }),
  eventCount,
  lastEventAt,
} satisfies Members;

/** Says which events go to which destination. */
export type Connection = ItemOf<typeof connectionMembers>;

const item = once(() => itemSchema(connectionMembers));

/** Reads a connection from its item. */
export const parseConnection = (stored: unknown): Connection => item().parse(stored);

/** Body of `POST /v1/connections`. */
export const connectionBody = once(() => createBody(connectionMembers));

/** Body of `PATCH /v1/connections/{id}`: what is absent stays as it is; a `source_id` of null means every source. */
export const connectionChange = once(() => changeBody(connectionMembers));

/** The status of a connection. */
export const connectionStatus = ({ enabled }: { readonly enabled: boolean }): 'active' | 'disabled' =>
  enabled ? 'active' : 'disabled';

/** A connection as callers see it. */
export const writeConnection = (connection: Connection, names: ConnectionNames, activity = NO_ACTIVITY) =>
  write(connectionMembers, { ...connection, names, activity });
