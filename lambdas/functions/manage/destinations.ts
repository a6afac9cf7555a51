import {
  type Destination,
  destinationBody,
  destinationChange,
  destinationMembers,
  parseDestination,
  readDestinationChange,
  writeDestination,
} from '../../configuration/destination';
import { slugOf } from '../../configuration/names';
import { newSigningSecret } from '../../domain/signature';
import { type UrlRules, urlProblem } from '../../domain/target-url';
import { type Principal, requireEnvironment } from '../../http/authentication';
import { notFound } from '../../http/errors';
import type { ApiRequest, ApiResponse } from '../../http/messages';
import { validate } from '../../http/parse';
import { readableEnvironments } from '../../http/tenant';
import { pageOfWhole } from '../../operations/whole-lists';
import { activityOfDestinations } from '../../statistics/activity';
import { setDestinationStatus, statusChange } from '../../store/configuration/destination-status';
import {
  changeDestination,
  getDestination,
  listDestinations,
  putDestination,
} from '../../store/configuration/destinations';
import { removeDestination } from '../../store/configuration/removal';
import type { Change } from '../../store/table/expressions';
import type { Table } from '../../store/table/table';
import { deleting, listAll, newItem, orInvalid, ownItem, readBody, showing } from './endpoints';
import { destinationQuery } from './queries';
import { forgetEndedSecrets } from './rotate-secret';

/** `POST /v1/destinations`: the only answer that shows its first signing secret. */
export async function createDestination(
  table: Table,
  rules: UrlRules,
  request: ApiRequest,
  caller: Principal,
): Promise<ApiResponse> {
  const { body, owner } = readBody(
    destinationBody((url) => urlProblem(url, rules)),
    request,
    caller,
  );
  const signingSecret = newSigningSecret();
  const item = newItem('dst', destinationMembers, owner, body);
  const destination = parseDestination({
    slug: slugOf(body.name, 'destination'),
    ...item,
    ...(body.status === 'paused' && { pausedBecause: 'operator', pausedAt: item.createdAt }),
    signingSecrets: [signingSecret],
  });
  await putDestination(table, destination);
  return { status: 201, body: { destination: { ...writeDestination(destination), signing_secret: signingSecret } } };
}

/** `GET /v1/destinations` */
export async function showDestinations(table: Table, { query }: ApiRequest, caller: Principal): Promise<ApiResponse> {
  const { status, type, ...paging } = validate(destinationQuery, query);
  const all = await listAll(table, await readableEnvironments(table, caller), listDestinations);
  const matching = all.filter((one) => (status === undefined || one.status === status) && (type ?? 'http') === 'http');
  const { rows, pagination } = pageOfWhole(matching, paging);
  return { status: 200, body: { destinations: await writeAll(table, rows), pagination } };
}

/** `GET /v1/destinations/{id}` */
export const showDestination = showing(getDestination, answer);

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
  return answer(table, id, changed ? await getDestination(table, environment, id) : undefined);
}

/** `PATCH /v1/destinations/{id}`. Credentials and the headers that carry them are written and never shown. */
export async function patchDestination(
  table: Table,
  rules: UrlRules,
  request: ApiRequest,
  caller: Principal,
): Promise<ApiResponse> {
  const before = await ownItem('Destination', getDestination, table, request, caller);
  const { body } = readBody(
    destinationChange((url) => urlProblem(url, rules)),
    request,
    caller,
  );
  const now = Date.now();
  const at = new Date(now).toISOString();
  const change = orInvalid(() => readDestinationChange(before, body, at));
  const switched = body.status === undefined || body.status === before.status ? {} : statusChange(body.status, at);
  await forgetEndedSecrets(table, before, now);
  const changed = await changeDestination(table, before.environment, before.id, both(change, switched));
  return answer(table, before.id, changed);
}

const both = (one: Change, other: Partial<Change>): Change => ({
  set: { ...one.set, ...other.set },
  remove: [...(one.remove ?? []), ...(other.remove ?? [])],
});

/**
 * `DELETE /v1/destinations/{id}`: deletes its connections as well. Its deliveries stay and show its name and URL;
 * pending ones fail.
 */
export const deleteDestination = deleting('Destination', removeDestination);

async function answer(table: Table, id: string, found: Destination | undefined): Promise<ApiResponse> {
  if (!found) throw notFound('Destination', id);
  const [destination] = await writeAll(table, [found]);
  return { status: 200, body: { destination } };
}

async function writeAll(table: Table, destinations: readonly Destination[]) {
  const activities = await activityOfDestinations(table, destinations);
  return destinations.map((destination, index) => writeDestination(destination, activities[index]));
}
