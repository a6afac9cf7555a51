import { writeDestination } from '../../dialects/management/wire';
import { newConfigurationId } from '../../domain/identifiers';
import { newSigningSecret } from '../../domain/signature';
import { type Principal, requireEnvironment } from '../../http/authentication';
import { notFound } from '../../http/errors';
import type { ApiRequest, ApiResponse } from '../../http/messages';
import { parseJson, validate } from '../../http/parse';
import { findInEnvironments, ownEnvironment, readableEnvironments } from '../../http/tenant';
import { pageOfWhole } from '../../operations/whole-lists';
import { changeDestination } from '../../store/configuration/changes';
import {
  type Destination,
  destinationAuth,
  getDestination,
  listDestinations,
  putDestination,
} from '../../store/configuration/configuration';
import { setDestinationStatus } from '../../store/configuration/destination-status';
import { removeDestination } from '../../store/configuration/removal';
import type { Table } from '../../store/table/table';
import { destinationChange, destinationQuery } from './change-schemas';
import { deleted } from './changes';
import { destinationChangeOf, lowerCase, readRetryPolicy } from './destination-changes';
import type { UrlRules } from './destination-url';
import { forgetEndedSecrets } from './rotate-secret';
import { destinationBody } from './schemas';
import { slugOf } from './slug';

/** `POST /v1/destinations`: the only answer that shows the signing secret that it begins with. */
export async function createDestination(
  table: Table,
  rules: UrlRules,
  request: ApiRequest,
  caller: Principal,
): Promise<ApiResponse> {
  const body = validate(destinationBody(rules), parseJson(request.body).value);
  const { organization, environment } = ownEnvironment(caller, body);
  const now = Date.now();
  const at = new Date(now).toISOString();
  const signingSecret = newSigningSecret();
  const destination: Destination = {
    id: newConfigurationId('dst', now),
    ...{ organization, environment },
    ...{ name: body.name, slug: body.slug ?? slugOf(body.name, 'destination') },
    ...(body.mirror_urls?.length && { mirrorUrls: body.mirror_urls }),
    ...{ url: body.url, method: body.method, headers: lowerCase(body.headers) },
    auth: destinationAuth().parse({ type: body.auth_type, ...body.auth_config }),
    timeoutMs: body.timeout_ms,
    retryPolicy: readRetryPolicy(body.retry_policy),
    ...(typeof body.rate_limit === 'number' && { rateLimit: body.rate_limit }),
    status: body.status,
    ...(body.status === 'paused' && { pausedBecause: 'operator' as const, pausedAt: at }),
    signingSecrets: [signingSecret],
    ...{ createdAt: at, updatedAt: at },
  };
  await putDestination(table, destination);
  return { status: 201, body: { destination: writeDestination(destination, { signingSecret }) } };
}

/** `GET /v1/destinations` */
export async function showDestinations(table: Table, { query }: ApiRequest, caller: Principal): Promise<ApiResponse> {
  const { status, type, ...paging } = validate(destinationQuery, query);
  const environments = await readableEnvironments(table, caller);
  const all = (await Promise.all(environments.map((environment) => listDestinations(table, environment)))).flat();
  const destinations = all
    .filter((one) => (status === undefined || one.status === status) && (type ?? 'http') === 'http')
    .map((one) => writeDestination(one));
  const { rows, pagination } = pageOfWhole(destinations, paging);
  return { status: 200, body: { destinations: rows, pagination } };
}

/** `GET /v1/destinations/{id}` */
export async function showDestination(table: Table, { params }: ApiRequest, caller: Principal): Promise<ApiResponse> {
  const id = params.id ?? '';
  const destination = await findInEnvironments(table, caller, (environment) => getDestination(table, environment, id));
  if (!destination) throw notFound('Destination', id);
  return { status: 200, body: { destination: writeDestination(destination) } };
}

/** `POST /v1/destinations/{id}/pause` and `…/resume`. Safe to repeat. */
export async function changeDestinationStatus(
  table: Table,
  { params }: ApiRequest,
  caller: Principal,
  status: Destination['status'],
): Promise<ApiResponse> {
  const { environment } = requireEnvironment(caller);
  const id = params.id ?? '';
  const changed = await setDestinationStatus(table, environment, id, status, new Date().toISOString());
  const destination = changed ? await getDestination(table, environment, id) : undefined;
  if (!destination) throw notFound('Destination', id);
  return { status: 200, body: { destination: writeDestination(destination) } };
}

/** `PATCH /v1/destinations/{id}`. Credentials and the headers that carry them are written and never shown. */
export async function patchDestination(
  table: Table,
  rules: UrlRules,
  request: ApiRequest,
  caller: Principal,
): Promise<ApiResponse> {
  const id = request.params.id ?? '';
  const { environment } = requireEnvironment(caller);
  const stored = await getDestination(table, environment, id);
  if (!stored) throw notFound('Destination', id);
  const body = validate(destinationChange(rules), parseJson(request.body).value);
  ownEnvironment(caller, body);
  const now = Date.now();
  const change = destinationChangeOf(stored, body, now);
  await forgetEndedSecrets(table, stored, now);
  const destination = await changeDestination(table, environment, id, change);
  if (!destination) throw notFound('Destination', id);
  return { status: 200, body: { destination: writeDestination(destination) } };
}

/**
 * `DELETE /v1/destinations/{id}`: its connections are deleted with it. Its deliveries stay and show its name and URL;
 * those that are still to be made fail.
 */
export async function deleteDestination(table: Table, { params }: ApiRequest, caller: Principal): Promise<ApiResponse> {
  const { environment } = requireEnvironment(caller);
  const id = params.id ?? '';
  const done = await removeDestination(table, environment, id, new Date().toISOString());
  return deleted('Destination', id, done);
}
