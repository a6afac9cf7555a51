import { bulkReplayBody, deadLetterQuery, getQuery, listQuery } from '../../lambdas/dialects/hookbase/query';
import { listQuery as organizationListQuery } from '../../lambdas/dialects/webhook-relay/wire';
import { statisticsQuery } from '../../lambdas/functions/api/statistics';
import { under } from '../../lambdas/http/routes';
import type { Operation, Operations, Parameters } from '../operation';
import {
  bulkReplayed,
  deadLetters,
  deliveries,
  organizationDeliveries,
  requeued,
  retried,
  statistics,
} from '../responses/hookbase';
import type { TagName } from '../tags';

/** A surface that shows deliveries. */
interface DeliverySurface {
  readonly tag: TagName;
  /** The noun in its operation ids. */
  readonly noun: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly listQuery: Parameters;
  readonly answers: typeof deliveries;
}

function operationsOf(surface: DeliverySurface) {
  const { tag, noun, params, answers } = surface;
  const own = params && { params };
  const ofDelivery = { ...params, id: 'Identifier of the delivery' };
  const ofLetter = { ...params, id: 'Identifier of the dead letter' };
  return {
    GET: {
      operationId: `list${noun}Deliveries`,
      tag,
      summary: 'List deliveries',
      description: 'The newest first.',
      ...own,
      query: surface.listQuery,
      answer: { status: 200, description: 'A page of deliveries', schema: answers.list },
    },
    'GET /stats': {
      operationId: `get${noun}DeliveryStatistics`,
      tag,
      summary: 'Read statistics of deliveries',
      description: 'Of the deliveries that were made in the period.',
      ...own,
      query: statisticsQuery,
      answer: { status: 200, description: 'The statistics', schema: statistics },
    },
    'GET /{id}': {
      operationId: `get${noun}Delivery`,
      tag,
      summary: 'Read a delivery',
      description: 'With what its latest attempt sent and received, and with all attempts if asked for.',
      params: ofDelivery,
      query: getQuery,
      answer: { status: 200, description: 'The delivery', schema: answers.detail },
    },
    'POST /{id}/retry': {
      operationId: `retry${noun}Delivery`,
      tag,
      summary: 'Retry a delivery',
      description: 'Starts a fresh round of attempts; 409 where the delivery is pending or delivered.',
      params: ofDelivery,
      answer: { status: 200, description: 'It starts again', schema: retried },
      refusals: [409],
    },
    ...deadLetterOperations(surface, ofLetter),
  } satisfies Record<string, Operation>;
}

function deadLetterOperations({ tag, noun, params }: DeliverySurface, ofLetter: Readonly<Record<string, string>>) {
  return {
    'GET /dead-letter': {
      operationId: `list${noun}DeadLetters`,
      tag,
      summary: 'List dead letters',
      description: 'Those that are open, the newest first.',
      ...(params && { params }),
      query: deadLetterQuery,
      answer: { status: 200, description: 'A page of dead letters', schema: deadLetters },
    },
    'POST /dead-letter/{id}/requeue': {
      operationId: `requeue${noun}DeadLetter`,
      tag,
      summary: 'Requeue a dead letter',
      description: 'Makes a new delivery and closes the dead letter; 409 where the event is kept no longer.',
      params: ofLetter,
      answer: { status: 200, description: 'The new delivery', schema: requeued },
      refusals: [409],
    },
    'DELETE /dead-letter/{id}': {
      operationId: `delete${noun}DeadLetter`,
      tag,
      summary: 'Delete a dead letter',
      description: 'Its delivery stays as it is.',
      params: ofLetter,
      answer: { status: 204, description: 'It is deleted' },
    },
  } satisfies Record<string, Operation>;
}

export const deliveryOperations = {
  ...under('/api/deliveries', operationsOf({ tag: 'Deliveries', noun: '', listQuery, answers: deliveries })),
  'POST /api/deliveries/bulk-replay': {
    operationId: 'replayDeliveries',
    tag: 'Deliveries',
    summary: 'Retry many deliveries',
    description: 'Those that are pending or delivered are skipped.',
    body: { schema: bulkReplayBody, example: { deliveryIds: ['dlv_0190f3a2b4c57abc8def012300010000'] } },
    answer: { status: 200, description: 'What became of each', schema: bulkReplayed },
  },
  ...under(
    '/api/organizations/{orgId}/deliveries',
    operationsOf({
      tag: 'Organization deliveries',
      noun: 'Organization',
      params: { orgId: 'Identifier or name of the organization' },
      listQuery: organizationListQuery,
      answers: organizationDeliveries,
    }),
  ),
} satisfies Operations;
