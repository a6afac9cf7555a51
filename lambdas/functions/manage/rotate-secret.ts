import * as z from 'zod/mini';
import { tenant } from '../../configuration/derived';
import type { Destination } from '../../configuration/destination';
import { writeDestination } from '../../configuration/destination';
import { newSigningSecret } from '../../domain/signature';
import { MAX_RETIRING, overlapEnd, rotated, unended } from '../../domain/signing-secrets';
import { type Principal, requireEnvironment } from '../../http/authentication';
import { ApiError, notFound } from '../../http/errors';
import type { ApiRequest, ApiResponse } from '../../http/messages';
import { parseJson, validate } from '../../http/parse';
import { ownEnvironment } from '../../http/tenant';
import { activityOfDestinations } from '../../statistics/activity';
import { getDestination } from '../../store/configuration/destinations';
import { writeSecrets } from '../../store/configuration/signing-secrets';
import type { Table } from '../../store/table/table';

const DAY_SECONDS = 86_400;

/** Body of `POST /v1/destinations/{id}/rotate-secret`; it may be left out. */
export const rotationBody = z.object({
  ...tenant,
  /** How long the earlier secrets go on signing besides the new one; ten seconds at least. */
  overlap_seconds: z._default(z.int().check(z.minimum(0), z.maximum(7 * DAY_SECONDS)), DAY_SECONDS),
});

/**
 * `POST /v1/destinations/{id}/rotate-secret`: a new signing secret, in the only answer that shows it. Until the overlap
 * ends, requests carry a signature by each secret.
 */
export async function rotateSecret(
  table: Table,
  request: ApiRequest,
  caller: Principal,
  now: number,
): Promise<ApiResponse> {
  const id = request.params.id ?? '';
  const { environment } = requireEnvironment(caller);
  const stored = await getDestination(table, environment, id);
  if (!stored) throw notFound('Destination', id);
  const body = validate(rotationBody, request.body.byteLength === 0 ? {} : parseJson(request.body).value);
  ownEnvironment(caller, body);
  const signingSecret = newSigningSecret();
  const secrets = rotated(stored, signingSecret, body.overlap_seconds, now);
  if (!secrets) throw tooMany();
  if (!(await writeSecrets(table, stored, secrets, now))) throw await refusal(table, stored);
  const destination = { ...stored, ...secrets, updatedAt: new Date(now).toISOString() };
  const [activity] = await activityOfDestinations(table, [destination]);
  const written = { ...writeDestination(destination, activity), signing_secret: signingSecret };
  const previous_secrets_until = overlapEnd(body.overlap_seconds, now);
  return { status: 200, body: { destination: written, previous_secrets_until } };
}

const tooMany = () =>
  new ApiError(
    'CONFLICT',
    `${MAX_RETIRING} earlier secrets still sign: wait until one has ended, or leave only the latest one with an overlap_seconds of 0`,
  );

async function refusal(table: Table, { environment, id }: Destination): Promise<ApiError> {
  if (!(await getDestination(table, environment, id))) return notFound('Destination', id);
  return new ApiError('CONFLICT', 'The secret was rotated by another call in this moment');
}

/** Removes ended secrets from the destination. If that fails, they still do not sign anything. */
export async function forgetEndedSecrets(table: Table, destination: Destination, now: number): Promise<void> {
  const left = unended(destination, now);
  if (left.length === (destination.retiringSecrets?.length ?? 0)) return;
  const { signingSecrets } = destination;
  await writeSecrets(table, destination, { signingSecrets, retiringSecrets: left }, now);
}
