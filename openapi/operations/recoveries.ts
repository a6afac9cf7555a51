import { recoveryBody, recoveryQuery } from '../../lambdas/dialects/management/recoveries';
import type { Operations } from '../operation';
import { oneRecovery, recoveries } from '../responses/events';

const tag = 'Recoveries';
const params = { id: 'Identifier of the recovery' };
const example = { destination_id: 'dst_01a1ffd7c6df76c09ff3fa4696e72431', from: '2026-03-12T00:00:00Z' };

export const recoveryOperations = {
  'POST /v1/recoveries': {
    operationId: 'startRecovery',
    tag,
    summary: 'Replay what a destination failed to take',
    description: 'Starts a job that replays the failed deliveries of a destination in a range of time, paced.',
    body: { schema: recoveryBody, example },
    answer: { status: 202, description: 'The recovery as it begins', schema: oneRecovery },
    refusals: [404],
  },
  'GET /v1/recoveries': {
    operationId: 'listRecoveries',
    tag,
    summary: 'List recoveries',
    description: 'The newest first.',
    query: recoveryQuery,
    answer: { status: 200, description: 'All recoveries that match', schema: recoveries },
  },
  'GET /v1/recoveries/{id}': {
    operationId: 'getRecovery',
    tag,
    summary: 'Read a recovery',
    description: 'With its progress.',
    params,
    answer: { status: 200, description: 'The recovery', schema: oneRecovery },
  },
  'POST /v1/recoveries/{id}/cancel': {
    operationId: 'cancelRecovery',
    tag,
    summary: 'Stop a recovery',
    description: 'What was replayed already stays replayed. Safe to repeat.',
    params,
    answer: { status: 200, description: 'The recovery as it ended', schema: oneRecovery },
    refusals: [409],
  },
} satisfies Operations;
