import { listQuery } from '../../lambdas/dialects/hookstream/query';
import type { Operations } from '../operation';
import { attempt, attemptRetried, attempts } from '../responses/hookstream';

const tag = 'Delivery attempts';
const params = { id: 'Identifier of the attempt' };

export const attemptOperations = {
  'GET /v1/delivery-attempts': {
    operationId: 'listDeliveryAttempts',
    tag,
    summary: 'List attempts',
    description: 'The newest first. `status=dlq` asks for the attempts that deliveries died on.',
    query: listQuery,
    answer: { status: 200, description: 'A page of attempts', schema: attempts },
  },
  'GET /v1/delivery-attempts/{id}': {
    operationId: 'getDeliveryAttempt',
    tag,
    summary: 'Read an attempt',
    description: 'With what was sent and received.',
    params,
    answer: { status: 200, description: 'The attempt', schema: attempt },
  },
  'POST /v1/delivery-attempts/{id}/retry': {
    operationId: 'retryDeliveryAttempt',
    tag,
    summary: 'Retry the delivery of an attempt',
    description: 'Starts a fresh round of attempts at once; 400 where the delivery is pending or delivered.',
    params,
    answer: { status: 200, description: 'The attempt that is coming', schema: attemptRetried },
    refusals: [400],
  },
} satisfies Operations;
