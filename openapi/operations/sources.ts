import { sourceBody, sourceChange } from '../../lambdas/configuration/source';
import { sourceQuery } from '../../lambdas/functions/manage/queries';
import type { Operations } from '../operation';
import { deleted, oneSource, sources, templates } from '../responses/configuration';

const tag = 'Sources';
const params = { id: 'Identifier of the source' };

export const sourceOperations = {
  'POST /v1/sources': {
    operationId: 'createSource',
    tag,
    summary: 'Make a source',
    description: 'Its address is `/v1/ingest/` and its identifier.',
    body: {
      schema: sourceBody(),
      example: { name: 'GitHub', template: 'github', verification_type: 'github', verification_secret: 'a secret' },
    },
    answer: { status: 201, description: 'The new source', schema: oneSource },
  },
  'GET /v1/sources': {
    operationId: 'listSources',
    tag,
    summary: 'List sources',
    description: 'All of the environment, or of the organization with a key of the whole organization.',
    query: sourceQuery,
    answer: { status: 200, description: 'The sources', schema: sources },
  },
  'GET /v1/sources/templates': {
    operationId: 'listSourceTemplates',
    tag,
    summary: 'List known kinds of senders',
    description: 'A source may name another one: the word is a label.',
    answer: { status: 200, description: 'The templates', schema: templates },
  },
  'GET /v1/sources/{id}': {
    operationId: 'getSource',
    tag,
    summary: 'Read a source',
    description: 'With what came in through it.',
    params,
    answer: { status: 200, description: 'The source', schema: oneSource },
  },
  'PATCH /v1/sources/{id}': {
    operationId: 'changeSource',
    tag,
    summary: 'Change a source',
    description: 'What is absent stays as it is; null takes a value away.',
    params,
    body: { schema: sourceChange(), example: { status: 'disabled' } },
    answer: { status: 200, description: 'The source as it is now', schema: oneSource },
  },
  'DELETE /v1/sources/{id}': {
    operationId: 'deleteSource',
    tag,
    summary: 'Delete a source',
    description: 'Its address answers 404 within seconds; its connections are deleted with it.',
    params,
    answer: { status: 200, description: 'It is deleted', schema: deleted },
  },
} satisfies Operations;
