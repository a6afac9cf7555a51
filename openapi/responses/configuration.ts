import * as z from 'zod';
import { DEDUP_STRATEGIES } from '../../lambdas/domain/deduplication';
import { FILTER_OPERATORS } from '../../lambdas/domain/filter-rules';
import { SIGNATURE_ENCODINGS, VERIFICATION_TYPES } from '../../lambdas/domain/source-verification';
import {
  authType,
  destinationStatus,
  MAX_MIRRORS,
  method,
  name,
  payloadSchema,
  slug,
  sourceStatus,
} from '../../lambdas/functions/manage/schemas';
import { SCOPES } from '../../lambdas/store/access/api-keys';
import { pagination } from './events';
import { count, headers, idOf, time } from './members';

const owner = { org_id: idOf('org'), env_id: idOf('env') };
const times = { created_at: time, updated_at: time };

const source = z
  .object({
    id: idOf('src'),
    ...owner,
    name,
    slug,
    template: z.string().nullable(),
    status: sourceStatus,
    verification_enabled: z.boolean(),
    verification_type: z.enum(VERIFICATION_TYPES).nullable(),
    verification_header: z.string().nullable(),
    verification_encoding: z.enum(SIGNATURE_ENCODINGS).nullable(),
    verification_prefix: z.string().nullable(),
    verification_tolerance_seconds: z.int().nullable(),
    dedup_enabled: z.boolean(),
    dedup_strategy: z.enum(DEDUP_STRATEGIES).nullable(),
    dedup_header: z.string().nullable(),
    dedup_window_seconds: z.int().nullable(),
    event_count: count,
    last_event_at: time.nullable(),
    ...times,
  })
  .meta({ id: 'Source' });

export const oneSource = z.object({ source });
export const sources = z.object({ sources: z.array(source), pagination });

const template = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    verification_type: z.string().nullable(),
    verification_header: z.string().nullable(),
  })
  .meta({ id: 'SourceTemplate' });

export const templates = z.object({ templates: z.array(template) });

const exponential = z.object({ initial_seconds: z.number(), factor: z.number(), max_seconds: z.number() });
const retryPolicy = z
  .object({
    max_attempts: z.int().min(1),
    schedule: z.array(z.number()).optional().meta({ description: 'Seconds between attempts; the last one repeats' }),
    exponential: exponential.optional(),
  })
  .meta({ id: 'RetryPolicy' });

const circuitState = z
  .object({
    state: z.enum(['closed', 'open', 'half_open']),
    consecutive_failures: count,
    opened_at: time.nullable(),
    next_probe_at: time.nullable().meta({ description: 'Null unless it is open, and not by hand' }),
  })
  .meta({ id: 'CircuitState', description: 'While it is not closed, deliveries wait as circuit_open' });

const destinationMembers = {
  id: idOf('dst'),
  ...owner,
  name,
  slug,
  type: z.literal('http'),
  url: z.string(),
  mirror_urls: z.array(z.string()).max(MAX_MIRRORS),
  method,
  headers,
  auth_type: authType,
  timeout_ms: z.int(),
  retry_policy: retryPolicy,
  rate_limit: z.number().nullable().meta({ description: 'Requests a second' }),
  status: destinationStatus,
  circuit: circuitState,
  event_count: count,
  last_delivery_at: time.nullable(),
  ...times,
};

const destination = z.object(destinationMembers).meta({ id: 'Destination' });

const newDestination = z
  .object({ ...destinationMembers, signing_secret: z.string().regex(/^whsec_/) })
  .meta({ id: 'NewDestination', description: 'The only answer that shows this signing secret' });

export const createdDestination = z.object({ destination: newDestination });
export const rotatedSecret = z
  .object({
    destination: newDestination,
    previous_secrets_until: time
      .nullable()
      .meta({ description: 'When the latest of the earlier secrets stops signing; null when none signs any more' }),
  })
  .meta({ id: 'RotatedSecret' });
export const oneDestination = z.object({ destination });
export const destinations = z.object({ destinations: z.array(destination), pagination });

const connection = z
  .object({
    id: idOf('con'),
    ...owner,
    name,
    description: z.string().nullable(),
    source_id: idOf('src').nullable(),
    source_name: z.string().nullable(),
    destination_id: idOf('dst'),
    destination_name: z.string().nullable(),
    filter_rules: z
      .string()
      .nullable()
      .meta({ description: `A JSON list of rules as text; operators: ${FILTER_OPERATORS.join(', ')}` }),
    schema: z.nullable(payloadSchema),
    enabled: z.boolean(),
    status: z.enum(['active', 'disabled']),
    event_count: count,
    last_event_at: time.nullable(),
    ...times,
  })
  .meta({ id: 'Connection' });

export const oneConnection = z.object({ connection });
export const connections = z.object({ connections: z.array(connection), pagination });

/** What became of a DELETE: what it was about is gone. */
export const deleted = z.object({ id: z.string(), deleted: z.literal(true) }).meta({ id: 'Deleted' });

const rateLimit = z.object({ per_second: z.int(), burst: z.int() }).nullable();
const scopes = z.array(z.enum(SCOPES));

const apiKeyMembers = {
  id: idOf('key'),
  name: z.string(),
  org_id: idOf('org'),
  env_id: idOf('env').nullable(),
  environment: z.string().nullable(),
  scopes,
  rate_limit: rateLimit,
  expires_on: time.nullable(),
  created_at: time,
  revoked_at: time.nullable(),
};

const newApiKey = z
  .object({ ...apiKeyMembers, secret: z.string() })
  .meta({ id: 'NewApiKey', description: 'The only answer that shows the secret' });

export const createdApiKey = z.object({ api_key: newApiKey });
export const apiKeys = z.object({ api_keys: z.array(z.object(apiKeyMembers).meta({ id: 'ApiKey' })), pagination });
export const revokedApiKey = z.object({ id: idOf('key'), revoked: z.literal(true) }).meta({ id: 'ApiKeyRevoked' });

const session = z
  .object({
    key_id: idOf('key'),
    key_name: z.string(),
    org_id: idOf('org'),
    org_name: z.string(),
    env_id: idOf('env').nullable(),
    env_name: z.string().nullable(),
    scopes,
    authenticated_by: z.enum(['api_key', 'session']),
    expires_on: time.nullable(),
  })
  .meta({ id: 'Session' });

export const oneSession = z.object({ session });
export const sessionEnded = z.object({ ended: z.literal(true) });
