import * as z from 'zod/mini';
import type { Principal } from '../../http/authentication';
import type { ApiRequest, ApiResponse } from '../../http/messages';
import { validate } from '../../http/parse';
import { findInEnvironments, readableEnvironments, requireOrganization } from '../../http/tenant';
import type { Ports } from '../../operations/ports';
import type { StatisticsScope } from '../../statistics/buckets';
import { PERIOD_NAMES, type Period, readStatistics, type Statistics } from '../../statistics/read-statistics';
import { getDestination } from '../../store/configuration/destinations';
import type { Table } from '../../store/table/table';

/** Parameters of the statistics. */
export const statisticsQuery = z.object({
  period: z._default(z.enum(PERIOD_NAMES, `must be one of ${PERIOD_NAMES.join(', ')}`), '24h'),
  destinationId: z.optional(z.string()),
});

/** `GET /api/deliveries/stats` */
export async function showStatistics(
  { table, now }: Ports,
  request: ApiRequest,
  caller: Principal,
): Promise<ApiResponse> {
  const { period, destinationId } = validate(statisticsQuery, request.query);
  const scope = await scopeOf(table, caller, destinationId);
  return { status: 200, body: writeStatistics(await readStatistics(table, scope, period, now()), period) };
}

/** Statistics as the Hookbase and Webhook Relay surfaces write them. */
function writeStatistics(statistics: Statistics, period: Period) {
  const { total, delivered, failed, pending, successRate, avgLatency, p50Latency, p95Latency, p99Latency } = statistics;
  return { total, delivered, failed, pending, successRate, avgLatency, p50Latency, p95Latency, p99Latency, period };
}

/** `GET /api/organizations/{orgId}/deliveries/stats`: the same for the caller's own organization, by its id or name. */
export async function showOrganizationStatistics(
  ports: Ports,
  request: ApiRequest,
  caller: Principal,
): Promise<ApiResponse> {
  requireOrganization(caller, request.params.orgId ?? '');
  return showStatistics(ports, request, caller);
}

/** As in lists, a destination that is not the caller's has no deliveries. */
async function scopeOf(table: Table, caller: Principal, destinationId: string | undefined): Promise<StatisticsScope> {
  if (destinationId === undefined) return { environments: await readableEnvironments(table, caller) };
  const find = (environment: string) => getDestination(table, environment, destinationId);
  const destination = await findInEnvironments(table, caller, find);
  return destination ? { destination: destination.id } : { environments: [] };
}
