import { apiKeyBody } from '../../lambdas/functions/manage/api-keys';
import { apiKeyQuery } from '../../lambdas/functions/manage/queries';
import type { Operations } from '../operation';
import { apiKeys, createdApiKey, oneSession, revokedApiKey, sessionEnded } from '../responses/configuration';

const tag = 'API keys';

export const keyOperations = {
  'POST /v1/api-keys': {
    operationId: 'createApiKey',
    tag,
    summary: 'Make an API key',
    description: 'The answer is the only one that shows the secret. A key gives away no more than it has.',
    body: { schema: apiKeyBody, example: { name: 'Dashboard', scopes: ['read'] } },
    answer: { status: 201, description: 'The new key', schema: createdApiKey },
  },
  'GET /v1/api-keys': {
    operationId: 'listApiKeys',
    tag,
    summary: 'List API keys',
    description: 'The keys of the environment, or of the organization with a key of the whole organization.',
    query: apiKeyQuery,
    answer: { status: 200, description: 'The keys, without secrets', schema: apiKeys },
  },
  'DELETE /v1/api-keys/{id}': {
    operationId: 'revokeApiKey',
    tag,
    summary: 'Revoke an API key',
    description: 'The key and its sessions stop working within 30 seconds.',
    params: { id: 'Identifier of the key' },
    answer: { status: 200, description: 'It is revoked', schema: revokedApiKey },
  },
  'POST /v1/session': {
    operationId: 'startSession',
    tag: 'Sessions',
    summary: 'Start a session',
    description:
      'Takes a key and answers with a cookie that stands for it: for a day, and never longer than the key is valid.',
    answer: {
      status: 201,
      description: 'The session',
      schema: oneSession,
      headers: { 'Set-Cookie': 'The cookie `better-auth.session_token`' },
    },
    refusals: [403],
  },
  'GET /v1/session': {
    operationId: 'getSession',
    tag: 'Sessions',
    summary: 'Read who is calling',
    description: 'With a key or with a session.',
    answer: { status: 200, description: 'Who is calling', schema: oneSession },
  },
  'DELETE /v1/session': {
    operationId: 'endSession',
    tag: 'Sessions',
    summary: 'End the session',
    description: 'The session that the call presents.',
    answer: {
      status: 200,
      description: 'It is ended',
      schema: sessionEnded,
      headers: { 'Set-Cookie': 'Makes the client forget the cookie' },
    },
    refusals: [400],
  },
} satisfies Operations;
