import * as z from 'zod';
import { connectionMembers } from '../../lambdas/configuration/connection';
import { answerShape } from '../../lambdas/configuration/derived';
import { destinationMembers } from '../../lambdas/configuration/destination';
import type { Members } from '../../lambdas/configuration/members';
import { sourceMembers } from '../../lambdas/configuration/source';
import { SCOPES } from '../../lambdas/store/access/api-keys';
import { pagination } from './events';
import { idOf, time } from './members';

/** What answers show of a kind of configuration. */
const answerOf = <M extends Members>(prefix: 'src' | 'dst' | 'con', members: M) => ({
  id: idOf(prefix),
  org_id: idOf('org'),
  env_id: idOf('env'),
  ...answerShape(members),
  created_at: time,
  updated_at: time,
});

const source = z.object(answerOf('src', sourceMembers)).meta({ id: 'Source' });

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

const destinationAnswer = answerOf('dst', destinationMembers);
const destination = z.object(destinationAnswer).meta({ id: 'Destination' });

const newDestination = z
  .object({ ...destinationAnswer, signing_secret: z.string().regex(/^whsec_/) })
  .meta({ id: 'NewDestination', description: 'The only answer that shows this signing secret' });

export const createdDestination = z.object({ destination: newDestination });
export const rotatedSecret = z
  .object({
    destination: newDestination,
    previous_secrets_until: time.meta({ description: 'When the latest of the earlier secrets stops signing' }),
  })
  .meta({ id: 'RotatedSecret' });
export const oneDestination = z.object({ destination });
export const destinations = z.object({ destinations: z.array(destination), pagination });

const connection = z.object(answerOf('con', connectionMembers)).meta({ id: 'Connection' });

export const oneConnection = z.object({ connection });
export const connections = z.object({ connections: z.array(connection), pagination });

/** The answer to a DELETE. */
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
