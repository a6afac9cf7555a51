import { expect } from 'vitest';
import { z } from 'zod';
import { findApiKey } from '../../../lambdas/store/access/api-keys';
import { findSession } from '../../../lambdas/store/access/sessions';
import { connectionKey, destinationKey, sourceKey } from '../../../lambdas/store/table/addresses';
import {
  all,
  answers,
  bodyOf,
  cookiesOf,
  type Expectation,
  ids,
  type Outcome,
  removes,
  writes,
} from './sample-effects';

type Values = Outcome['values'];

const source = (values: Values) => sourceKey(values.ENVIRONMENT_ID, values.SOURCE_ID);
const destination = (values: Values) => destinationKey(values.ENVIRONMENT_ID, values.DESTINATION_ID);
const connection = (values: Values) => connectionKey(values.ENVIRONMENT_ID, values.CONNECTION_ID);

const madeKey = z.object({ api_key: z.object({ secret: z.string() }) });

/** What the sample events of `manage` have to bring about, by the name of their file. */
export const MANAGE_EXPECTATIONS: Readonly<Record<string, Expectation>> = {
  'manage-create-source.json': answers(201, () => ({ source: { name: 'GitHub', slug: 'github', status: 'active' } })),
  'manage-list-sources.json': answers(200, ({ SOURCE_ID }) => ({ sources: ids(SOURCE_ID) })),
  'manage-get-source.json': answers(200, ({ SOURCE_ID }) => ({ source: { id: SOURCE_ID, name: 'Shop' } })),
  'manage-create-destination.json': answers(201, () => ({
    destination: { name: 'Billing', auth_type: 'bearer_token', signing_secret: expect.stringMatching(/^whsec_/) },
  })),
  'manage-list-destinations.json': answers(200, ({ DESTINATION_ID, PAUSED_DESTINATION_ID }) => ({
    destinations: expect.arrayContaining(ids(DESTINATION_ID, PAUSED_DESTINATION_ID)),
  })),
  'manage-get-destination.json': answers(200, (values) => ({ destination: { id: values.DESTINATION_ID } })),
  'manage-rotate-secret.json': all(
    answers(200, ({ DESTINATION_ID }) => ({
      destination: { id: DESTINATION_ID, signing_secret: expect.stringMatching(/^whsec_/) },
      previous_secrets_until: expect.any(String),
    })),
    writes(destination, { retiringSecrets: [{ secret: expect.any(String), until: expect.any(String) }] }),
  ),
  'manage-pause-destination.json': all(
    answers(200, () => ({ destination: { status: 'paused' } })),
    writes(destination, { status: 'paused' }),
  ),
  'manage-resume-destination.json': all(
    answers(200, () => ({ destination: { status: 'active' } })),
    writes((values) => destinationKey(values.ENVIRONMENT_ID, values.PAUSED_DESTINATION_ID), { status: 'active' }),
  ),
  'manage-create-connection.json': answers(201, ({ SOURCE_ID, DESTINATION_ID }) => ({
    connection: { source_id: SOURCE_ID, destination_id: DESTINATION_ID, destination_name: 'Warehouse' },
  })),
  'manage-list-connections.json': answers(200, ({ CONNECTION_ID }) => ({ connections: ids(CONNECTION_ID) })),
  'manage-get-connection.json': answers(200, ({ CONNECTION_ID }) => ({ connection: { id: CONNECTION_ID } })),

  'manage-list-templates.json': answers(200, () => ({
    templates: expect.arrayContaining([expect.objectContaining({ id: 'github' })]),
  })),
  'manage-change-source.json': all(
    answers(200, ({ SOURCE_ID }) => ({ source: { id: SOURCE_ID, name: 'Shop', status: 'disabled' } })),
    writes(source, { name: 'Shop', status: 'disabled' }),
  ),
  'manage-delete-source.json': all(
    answers(200, ({ SOURCE_ID }) => ({ id: SOURCE_ID, deleted: true })),
    removes(source),
  ),
  'manage-change-destination.json': all(
    answers(200, ({ DESTINATION_ID }) => ({ destination: { id: DESTINATION_ID, timeout_ms: 2000 } })),
    writes(destination, { name: 'Warehouse', timeoutMs: 2000 }),
  ),
  'manage-delete-destination.json': all(
    answers(200, ({ DESTINATION_ID }) => ({ id: DESTINATION_ID, deleted: true })),
    removes(destination),
    removes(connection),
  ),
  'manage-change-connection.json': all(
    answers(200, ({ SOURCE_ID }) => ({ connection: { source_id: SOURCE_ID, source_name: 'Shop' } })),
    ({ values, world }) => writes(connection, { source: values.SOURCE_ID })({ result: undefined, values, world }),
  ),
  'manage-delete-connection.json': all(
    answers(200, ({ CONNECTION_ID }) => ({ id: CONNECTION_ID, deleted: true })),
    removes(connection),
  ),

  'manage-create-api-key.json': all(
    answers(201, ({ ENVIRONMENT_ID }) => ({ api_key: { name: 'reader', env_id: ENVIRONMENT_ID, scopes: ['read'] } })),
    async (outcome) => {
      const { secret } = madeKey.parse(bodyOf(outcome)).api_key;
      expect(await findApiKey(outcome.world.table.table, secret)).toMatchObject({ name: 'reader', scopes: ['read'] });
    },
  ),
  'manage-list-api-keys.json': answers(200, ({ API_KEY_ID }) => ({ api_keys: ids(API_KEY_ID) })),
  'manage-delete-api-key.json': all(
    answers(200, ({ API_KEY_ID }) => ({ id: API_KEY_ID, revoked: true })),
    async ({ values, world }) => {
      expect(await findApiKey(world.table.table, values.API_KEY)).toHaveProperty('revokedAt');
    },
  ),
  'manage-create-session.json': all(
    answers(201, ({ API_KEY_ID }) => ({ session: { key_id: API_KEY_ID, authenticated_by: 'session' } })),
    async (outcome) => {
      const [cookie = ''] = cookiesOf(outcome);
      const token = /=([^;]+);/.exec(cookie)?.[1] ?? '';
      expect(await findSession(outcome.world.table.table, token)).toBeDefined();
    },
  ),
  'manage-get-session.json': answers(200, ({ API_KEY_ID, ENVIRONMENT_ID }) => ({
    session: { key_id: API_KEY_ID, env_id: ENVIRONMENT_ID, authenticated_by: 'session' },
  })),
  'manage-delete-session.json': all(
    answers(200, () => ({ ended: true })),
    async ({ values, world }) => {
      expect(await findSession(world.table.table, values.SESSION_TOKEN)).toBeUndefined();
    },
  ),
};
