import { redactHeaders } from '../../domain/redaction';
import { DEFAULT_RETRY_POLICY, type RetryPolicy } from '../../domain/retry-policy';
import { invalid } from '../../http/errors';
import { validate } from '../../http/parse';
import { type Destination, destinationAuth } from '../../store/configuration/configuration';
import { statusChange } from '../../store/configuration/destination-status';
import type { Change } from '../../store/table/expressions';
import type { DestinationChange } from './change-schemas';
import { changeOf } from './changes';
import { mirrorProblem } from './destination-url';
import { type DestinationBody, requiredCredentials } from './schemas';

/** Reads a retry policy; none means the default. */
export function readRetryPolicy(policy: DestinationBody['retry_policy']): RetryPolicy {
  if (!policy) return DEFAULT_RETRY_POLICY;
  const { max_attempts: maxAttempts, schedule, exponential } = policy;
  if (!exponential) return { ...DEFAULT_RETRY_POLICY, maxAttempts, ...(schedule && { schedule }) };
  const { initial_seconds: initialSeconds, factor, max_seconds: maxSeconds } = exponential;
  return { maxAttempts, exponential: { initialSeconds, factor, maxSeconds } };
}

/** Header names in lower case. */
export const lowerCase = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/**
 * What a PATCH changes in a destination.
 *
 * @param stored the destination as it is: a client that sends back what it was shown changes nothing
 * @throws ApiError 400 when credentials are missing, or a target is named twice
 */
export function destinationChangeOf(stored: Destination, body: DestinationChange, now: number): Change {
  const change = changeOf(
    {
      name: body.name,
      slug: body.slug,
      url: body.url,
      mirrorUrls: newMirrors(stored, body),
      method: body.method,
      headers: body.headers && keepHidden(stored.headers, lowerCase(body.headers)),
      auth: newAuth(stored.auth, body),
      timeoutMs: body.timeout_ms,
      rateLimit: body.rate_limit,
      retryPolicy: body.retry_policy === undefined ? undefined : readRetryPolicy(body.retry_policy),
    },
    now,
  );
  if (body.status === undefined || body.status === stored.status) return change;
  const switched = statusChange(body.status, new Date(now).toISOString());
  return { set: { ...change.set, ...switched.set }, remove: [...(change.remove ?? []), ...(switched.remove ?? [])] };
}

/**
 * New mirrors, null when there are to be none, or undefined when they stay as they are.
 *
 * @throws ApiError 400 when a target would be named twice
 */
function newMirrors(stored: Destination, { url = stored.url, mirror_urls }: DestinationChange) {
  const mirrors = mirror_urls === undefined ? stored.mirrorUrls : mirror_urls;
  const problem = mirrorProblem(url, mirrors ?? []);
  if (problem) throw invalid('mirror_urls', problem);
  if (mirror_urls === undefined) return undefined;
  return mirror_urls?.length ? mirror_urls : null;
}

/** Answers show `***` in place of credentials: a value that comes back so means the one that is stored. */
function keepHidden(stored: Record<string, string>, given: Record<string, string>): Record<string, string> {
  const shown = redactHeaders(stored);
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, (value === shown[name] && stored[name]) || value]),
  );
}

/** New credentials, or undefined when they stay: naming the kind that is stored anyway does not ask for them again. */
function newAuth(stored: Destination['auth'], { auth_type, auth_config }: DestinationChange) {
  if (auth_config === undefined && (auth_type === undefined || auth_type === stored.type)) return undefined;
  const type = auth_type ?? stored.type;
  const given = validate(requiredCredentials, { auth_type: type, auth_config: auth_config ?? {} });
  return destinationAuth().parse({ type, ...given.auth_config });
}
