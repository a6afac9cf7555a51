import { connectionBody, connectionChange } from '../../lambdas/configuration/connection';
import { connectionQuery } from '../../lambdas/functions/manage/queries';
import type { Operations } from '../operation';
import { connections, deleted, oneConnection } from '../responses/configuration';

const tag = 'Connections';
const params = { id: 'Identifier of the connection' };
const rule = { field: 'body.total', operator: 'gte', value: 100 };

export const connectionOperations = {
  'POST /v1/connections': {
    operationId: 'createConnection',
    tag,
    summary: 'Connect a source with a destination',
    description:
      'Without a source it takes the events of every source, and those that have none. With a schema, payloads that do not match become deliveries with the status `schema_failed`.',
    body: {
      schema: connectionBody(),
      example: {
        name: 'Large orders to the warehouse',
        destination_id: 'dst_0190f3a2b4c57abc8def012345678901',
        filter_rules: [rule],
      },
    },
    answer: { status: 201, description: 'The new connection', schema: oneConnection },
    refusals: [409],
  },
  'GET /v1/connections': {
    operationId: 'listConnections',
    tag,
    summary: 'List connections',
    description: 'All of the environment, or of the organization with a key of the whole organization.',
    query: connectionQuery,
    answer: { status: 200, description: 'The connections', schema: connections },
  },
  'GET /v1/connections/{id}': {
    operationId: 'getConnection',
    tag,
    summary: 'Read a connection',
    description: 'With the names of what it joins.',
    params,
    answer: { status: 200, description: 'The connection', schema: oneConnection },
  },
  'PATCH /v1/connections/{id}': {
    operationId: 'changeConnection',
    tag,
    summary: 'Change a connection',
    description: 'What is absent stays as it is; a `source_id` of null means every source.',
    params,
    body: { schema: connectionChange(), example: { filter_rules: [rule] } },
    answer: { status: 200, description: 'The connection as it is now', schema: oneConnection },
    refusals: [409],
  },
  'DELETE /v1/connections/{id}': {
    operationId: 'deleteConnection',
    tag,
    summary: 'Delete a connection',
    description: 'The next event does not match it any more.',
    params,
    answer: { status: 200, description: 'It is deleted', schema: deleted },
  },
} satisfies Operations;
