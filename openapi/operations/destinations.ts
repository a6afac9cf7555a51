import { destinationBody, destinationChange } from '../../lambdas/configuration/destination';
import { anyUrl } from '../../lambdas/configuration/members';
import { destinationQuery } from '../../lambdas/functions/manage/queries';
import { rotationBody } from '../../lambdas/functions/manage/rotate-secret';
import type { Operations } from '../operation';
import { createdDestination, deleted, destinations, oneDestination, rotatedSecret } from '../responses/configuration';
import { oneCircuit } from '../responses/events';

const tag = 'Destinations';
const params = { id: 'Identifier of the destination' };

export const destinationOperations = {
  'POST /v1/destinations': {
    operationId: 'createDestination',
    tag,
    summary: 'Make a destination',
    description: 'The answer is the only one that shows the signing secret.',
    body: {
      schema: destinationBody(anyUrl),
      example: {
        name: 'Warehouse',
        url: 'https://hooks.example.com/orders',
        headers: { 'x-shop': 'main' },
        retry_policy: { max_attempts: 5, schedule: [5, 300, 1800] },
      },
    },
    answer: { status: 201, description: 'The new destination', schema: createdDestination },
  },
  'GET /v1/destinations': {
    operationId: 'listDestinations',
    tag,
    summary: 'List destinations',
    description: 'All of the environment, or of the organization with a key of the whole organization.',
    query: destinationQuery,
    answer: { status: 200, description: 'The destinations', schema: destinations },
  },
  'GET /v1/destinations/{id}': {
    operationId: 'getDestination',
    tag,
    summary: 'Read a destination',
    description: 'Without its credentials.',
    params,
    answer: { status: 200, description: 'The destination', schema: oneDestination },
  },
  'PATCH /v1/destinations/{id}': {
    operationId: 'changeDestination',
    tag,
    summary: 'Change a destination',
    description: 'What is absent stays as it is. Credentials are written and never shown.',
    params,
    body: { schema: destinationChange(anyUrl), example: { timeout_ms: 5000 } },
    answer: { status: 200, description: 'The destination as it is now', schema: oneDestination },
  },
  'DELETE /v1/destinations/{id}': {
    operationId: 'deleteDestination',
    tag,
    summary: 'Delete a destination',
    description: 'Its connections are deleted with it. Its deliveries stay; those that are still to be made fail.',
    params,
    answer: { status: 200, description: 'It is deleted', schema: deleted },
  },
  'POST /v1/destinations/{id}/rotate-secret': {
    operationId: 'rotateSigningSecret',
    tag,
    summary: 'Give a destination a new signing secret',
    description:
      'The answer is the only one that shows it. Until the overlap ends, requests carry a signature by each secret. It takes ten seconds at least, until every worker knows the new secret; an overlap of 0 also drops all but the latest earlier secret.',
    params,
    body: { schema: rotationBody, example: { overlap_seconds: 3600 }, optional: true },
    answer: { status: 200, description: 'The destination with its new secret', schema: rotatedSecret },
    refusals: [409],
  },
  'POST /v1/destinations/{id}/pause': {
    operationId: 'pauseDestination',
    tag,
    summary: 'Pause a destination',
    description: 'Its deliveries wait. Safe to repeat.',
    params,
    answer: { status: 200, description: 'The destination, paused', schema: oneDestination },
  },
  'POST /v1/destinations/{id}/resume': {
    operationId: 'resumeDestination',
    tag,
    summary: 'Resume a destination',
    description: 'What waited is delivered. Safe to repeat.',
    params,
    answer: { status: 200, description: 'The destination, active', schema: oneDestination },
  },
  'GET /v1/destinations/{id}/circuit': {
    operationId: 'getCircuit',
    tag,
    summary: 'Read the circuit of a destination',
    description:
      'It opens when deliveries fail in a row, and while the destination is paused; half open, one delivery probes.',
    params,
    answer: { status: 200, description: 'The circuit', schema: oneCircuit },
  },
  'POST /v1/destinations/{id}/circuit/reset': {
    operationId: 'resetCircuit',
    tag,
    summary: 'Close the circuit of a destination',
    description: 'Deliveries are made again; those that wait follow. Safe to repeat.',
    params,
    answer: { status: 200, description: 'The circuit as it is now', schema: oneCircuit },
  },
} satisfies Operations;
