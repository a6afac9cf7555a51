import { redactHeaders } from '../../domain/redaction';
import type { RetryPolicy } from '../../domain/retry-policy';
import { isTimed } from '../../domain/source-verification';
import type { Connection, Destination, Source } from '../../store/configuration/configuration';
import { unpackSchema } from '../../store/configuration/schema-codec';
import { circuitMember } from './circuit';

/** Figures that nothing counts yet: null, which no client can mistake for a count. */
const UNCOUNTED = { event_count: null, last_event_at: null };

/** What a reader sees where a connection takes every source: clients print the name or else cut the id short. */
const EVERY_SOURCE = '(every source)';

/** A source as the management surface writes it. */
export function writeSource(source: Source) {
  return {
    id: source.id,
    org_id: source.organization,
    env_id: source.environment,
    name: source.name,
    slug: source.slug,
    template: source.template ?? null,
    status: source.status,
    ...writeSenderSettings(source),
    ...UNCOUNTED,
    created_at: source.createdAt,
    updated_at: source.updatedAt,
  };
}

/** Without the secrets. */
function writeSenderSettings({ verification, deduplication }: Source) {
  return {
    verification_enabled: verification !== undefined,
    verification_type: verification?.type ?? null,
    verification_header: verification?.header ?? null,
    verification_encoding: verification?.encoding ?? null,
    verification_prefix: verification?.prefix ?? null,
    verification_tolerance_seconds: verification && isTimed(verification.type) ? verification.toleranceSeconds : null,
    dedup_enabled: deduplication !== undefined,
    dedup_strategy: deduplication?.strategy ?? null,
    dedup_header: deduplication?.header ?? null,
    dedup_window_seconds: deduplication?.windowSeconds ?? null,
  };
}

/**
 * A destination as the management surface writes it: without its credentials, and with the signing secret only when it
 * has just been made.
 */
export function writeDestination(
  destination: Destination,
  shown: { readonly signingSecret?: string | undefined } = {},
) {
  return {
    id: destination.id,
    org_id: destination.organization,
    env_id: destination.environment,
    name: destination.name,
    slug: destination.slug,
    type: 'http',
    url: destination.url,
    mirror_urls: destination.mirrorUrls ?? [],
    method: destination.method,
    headers: redactHeaders(destination.headers),
    auth_type: destination.auth.type,
    timeout_ms: destination.timeoutMs,
    retry_policy: writeRetryPolicy(destination.retryPolicy),
    rate_limit: destination.rateLimit ?? null,
    status: destination.status,
    circuit: circuitMember(destination),
    event_count: null,
    last_delivery_at: null,
    ...(shown.signingSecret && { signing_secret: shown.signingSecret }),
    created_at: destination.createdAt,
    updated_at: destination.updatedAt,
  };
}

function writeRetryPolicy(policy: RetryPolicy) {
  if ('schedule' in policy) return { max_attempts: policy.maxAttempts, schedule: policy.schedule };
  const { initialSeconds, factor, maxSeconds } = policy.exponential;
  const exponential = { initial_seconds: initialSeconds, factor, max_seconds: maxSeconds };
  return { max_attempts: policy.maxAttempts, exponential };
}

/** Names of what a connection joins, for readers. */
export interface ConnectionNames {
  readonly source?: string | undefined;
  readonly destination?: string | undefined;
}

/** A connection as the management surface writes it; clients of this surface expect the filter rules as JSON text. */
export function writeConnection(connection: Connection, names: ConnectionNames) {
  return {
    id: connection.id,
    org_id: connection.organization,
    env_id: connection.environment,
    name: connection.name,
    description: connection.description ?? null,
    source_id: connection.source ?? null,
    source_name: connection.source === undefined ? EVERY_SOURCE : (names.source ?? null),
    destination_id: connection.destination,
    destination_name: names.destination ?? null,
    filter_rules: connection.filterRules.length > 0 ? JSON.stringify(connection.filterRules) : null,
    schema: connection.schema ? unpackSchema(connection.schema) : null,
    enabled: connection.enabled,
    status: connection.enabled ? 'active' : 'disabled',
    ...UNCOUNTED,
    created_at: connection.createdAt,
    updated_at: connection.updatedAt,
  };
}
