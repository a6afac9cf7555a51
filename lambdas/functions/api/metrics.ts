import * as z from 'zod/mini';
import { writeOverview, writeVolume } from '../../dialects/management/metrics';
import { isoTime } from '../../dialects/parameters';
import type { Principal } from '../../http/authentication';
import { invalid } from '../../http/errors';
import type { ApiRequest, ApiResponse } from '../../http/messages';
import { validate } from '../../http/parse';
import { readableEnvironments } from '../../http/tenant';
import type { Ports } from '../../operations/ports';
import { knownDeadLetters } from '../../statistics/lifetime';
import { readOverview } from '../../statistics/overview';
import { readVolume } from '../../statistics/volume';
import { listDestinations } from '../../store/configuration/destinations';
import { listSources } from '../../store/configuration/sources';

const DAY_MS = 86_400_000;

/** How long hour buckets are kept. */
const KEPT_MS = 40 * DAY_MS;

/** `GET /v1/metrics/overview` */
export async function showOverview({ table, now }: Ports, _: ApiRequest, caller: Principal): Promise<ApiResponse> {
  const environments = await readableEnvironments(table, caller);
  const [overview, deadLetters, sources, destinations] = await Promise.all([
    readOverview(table, environments, now()),
    knownDeadLetters(table, { environments }),
    Promise.all(environments.map((environment) => listSources(table, environment))),
    Promise.all(environments.map((environment) => listDestinations(table, environment))),
  ]);
  const isActive = ({ status }: { readonly status: string }): boolean => status === 'active';
  const active = {
    sources: sources.flat().filter(isActive).length,
    destinations: destinations.flat().filter(isActive).length,
  };
  return { status: 200, body: writeOverview(overview, active, deadLetters) };
}

/** Parameters of the volume. */
export const volumeQuery = z.object({
  source_id: z.optional(z.string()),
  after: z.optional(isoTime),
  before: z.optional(isoTime),
  granularity: z._default(z.enum(['hour', 'day'], 'must be hour or day'), 'hour'),
});

/** `GET /v1/metrics/volume` */
export async function showVolume({ table, now }: Ports, request: ApiRequest, caller: Principal): Promise<ApiResponse> {
  const { source_id: source, after, before, granularity } = validate(volumeQuery, request.query);
  const to = Math.min(before === undefined ? now() : Date.parse(before), now());
  const from = Math.max(after === undefined ? to - DAY_MS : Date.parse(after), now() - KEPT_MS);
  if (after !== undefined && before !== undefined && after > before) throw invalid('after', 'must not be after before');
  const environments = await readableEnvironments(table, caller);
  const [rows, sources] = await Promise.all([
    from > to ? [] : readVolume(table, environments, { from, to }, granularity),
    Promise.all(environments.map((environment) => listSources(table, environment))),
  ]);
  const names = new Map(sources.flat().map(({ id, name }) => [id, name]));
  const wanted = rows.filter((row) => source === undefined || row.source === source);
  return { status: 200, body: writeVolume(wanted, names, granularity) };
}
