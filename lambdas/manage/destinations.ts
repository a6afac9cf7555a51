import { writeDestination } from '../dialects/management/wire';
import { newConfigurationId } from '../domain/identifiers';
import { DEFAULT_RETRY_POLICY, type RetryPolicy } from '../domain/retry-policy';
import { newSigningSecret } from '../domain/signature';
import { type Principal, requireEnvironment } from '../http/authentication';
import { notFound } from '../http/errors';
import type { ApiRequest, ApiResponse } from '../http/messages';
import { parseJson, validate } from '../http/parse';
import { findInEnvironments, ownEnvironment, readableEnvironments } from '../http/tenant';
import {
  type Destination,
  destinationAuth,
  getDestination,
  listDestinations,
  putDestination,
  setDestinationStatus,
} from '../store/configuration';
import type { Table } from '../store/table';
import type { UrlRules } from './destination-url';
import { type DestinationBody, destinationBody } from './schemas';
import { slugOf } from './slug';

/** `POST /v1/destinations`: the only answer that shows the signing secret. */
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
    ...{ url: body.url, method: body.method, headers: lowerCase(body.headers) },
    auth: destinationAuth.parse({ type: body.auth_type, ...body.auth_config }),
    timeoutMs: body.timeout_ms,
    retryPolicy: readRetryPolicy(body.retry_policy),
    status: body.status,
    ...(body.status === 'paused' && { pausedBecause: 'operator' as const }),
    signingSecrets: [signingSecret],
    ...{ createdAt: at, updatedAt: at },
  };
  await putDestination(table, destination);
  return { status: 201, body: { destination: writeDestination(destination, { signingSecret }) } };
}

const lowerCase = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

function readRetryPolicy(policy: DestinationBody['retry_policy']): RetryPolicy {
  if (!policy) return DEFAULT_RETRY_POLICY;
  const { max_attempts: maxAttempts, schedule, exponential } = policy;
  if (!exponential) return { ...DEFAULT_RETRY_POLICY, maxAttempts, ...(schedule && { schedule }) };
  const { initial_seconds: initialSeconds, factor, max_seconds: maxSeconds } = exponential;
  return { maxAttempts, exponential: { initialSeconds, factor, maxSeconds } };
}

/** `GET /v1/destinations` */
export async function showDestinations(table: Table, caller: Principal): Promise<ApiResponse> {
  const environments = await readableEnvironments(table, caller);
  const destinations = await Promise.all(environments.map((environment) => listDestinations(table, environment)));
  return { status: 200, body: { destinations: destinations.flat().map((one) => writeDestination(one)) } };
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
