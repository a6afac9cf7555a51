import { recoveryBody, recoveryQuery, writeRecovery } from '../../dialects/management/recoveries';
import { newConfigurationId } from '../../domain/identifiers';
import { type Principal, requireEnvironment } from '../../http/authentication';
import { ApiError, invalid, notFound } from '../../http/errors';
import type { ApiRequest, ApiResponse } from '../../http/messages';
import { parseJson, validate } from '../../http/parse';
import { findInEnvironments, ownEnvironment, readableEnvironments } from '../../http/tenant';
import type { Ports } from '../../operations/ports';
import { pageOfWhole } from '../../operations/whole-lists';
import { getDestination } from '../../store/configuration/destinations';
import { cancelRecovery, getRecovery, listRecoveries, putRecovery, type Recovery } from '../../store/sweep/recoveries';

type Call = (ports: Ports, request: ApiRequest, caller: Principal) => Promise<ApiResponse>;

/** `POST /v1/recoveries`: the sweep does the work, and the answer is the job as it begins. */
export const startRecovery: Call = async ({ table, retentionDays, now }, request, caller) => {
  requireEnvironment(caller);
  const body = validate(recoveryBody, parseJson(request.body).value);
  const { organization, environment } = ownEnvironment(caller, body);
  if (!(await getDestination(table, environment, body.destination_id)))
    throw notFound('Destination', body.destination_id);
  const moment = now();
  const recovery: Recovery = {
    id: newConfigurationId('rec', moment),
    organization,
    environment,
    destination: body.destination_id,
    ...rangeOf(body, moment),
    status: 'running',
    seen: 0,
    replayed: 0,
    skipped: 0,
    createdAt: iso(moment),
    updatedAt: iso(moment),
  };
  await putRecovery(table, recovery, retentionDays);
  return { status: 202, body: { recovery: writeRecovery(recovery) } };
};

/** A range ends now at the latest: later deliveries are not part of the job. */
function rangeOf({ from, to }: { from: string; to?: string | undefined }, now: number) {
  if (to !== undefined && to < from) throw invalid('to', 'must not be before from');
  if (Date.parse(from) > now) throw invalid('from', 'must not be in the future');
  return { from, to: to !== undefined && Date.parse(to) < now ? to : iso(now) };
}

/** `GET /v1/recoveries` */
export const showRecoveries: Call = async ({ table }, request, caller) => {
  const { destination_id: destination, status, ...paging } = validate(recoveryQuery, request.query);
  const environments = await readableEnvironments(table, caller);
  const all = (await Promise.all(environments.map((environment) => listRecoveries(table, environment)))).flat();
  const wanted = all
    .filter((one) => destination === undefined || one.destination === destination)
    .filter((one) => status === undefined || one.status === status);
  const { rows, pagination } = pageOfWhole(wanted, paging);
  return { status: 200, body: { recoveries: rows.map(writeRecovery), pagination } };
};

/** `GET /v1/recoveries/{id}` */
export const showRecovery: Call = async ({ table }, { params }, caller) => {
  const id = params.id ?? '';
  const recovery = await findInEnvironments(table, caller, (environment) => getRecovery(table, environment, id));
  if (!recovery) throw notFound('Recovery', id);
  return { status: 200, body: { recovery: writeRecovery(recovery) } };
};

/** `POST /v1/recoveries/{id}/cancel`, which is safe to repeat. */
export const stopRecovery: Call = async ({ table, now }, { params }, caller) => {
  const { environment } = requireEnvironment(caller);
  const id = params.id ?? '';
  const stored = await getRecovery(table, environment, id);
  if (!stored) throw notFound('Recovery', id);
  const recovery = (await cancelRecovery(table, stored, iso(now()))) ?? (await getRecovery(table, environment, id));
  if (recovery?.status !== 'cancelled') throw new ApiError('INVALID_STATE', 'The recovery is done');
  return { status: 200, body: { recovery: writeRecovery(recovery) } };
};

const iso = (moment: number): string => new Date(moment).toISOString();
