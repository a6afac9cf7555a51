import * as z from 'zod';
import { eventQuery } from '../../lambdas/dialects/management/event-query';
import { volumeQuery } from '../../lambdas/functions/api/metrics';
import { batch, published } from '../../lambdas/functions/ingest/publish';
import type { Operations } from '../operation';
import {
  eventRetried,
  events,
  ingested,
  manyPublished,
  oneEvent,
  onePublished,
  overview,
  volume,
} from '../responses/events';

const tag = 'Events';
const params = { id: 'Identifier of the event' };
const example = { type: 'order.created', payload: { order: 42, total: '19.90' }, id: 'order-42' };
const key = 'Makes the call repeatable for 24 hours: the same key with the same body gives the same answer.';
const idempotencyKey = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[^,]*$/)
  .optional()
  .meta({ description: `${key} It is given once, and has no comma in it.` });

export const eventOperations = {
  'POST /v1/events': {
    operationId: 'publishEvent',
    tag,
    summary: 'Publish an event',
    description:
      'Stores the event and delivers it over every connection that it matches. The payload is kept as it was written.',
    headers: z.object({ 'Idempotency-Key': idempotencyKey }),
    body: { schema: published, example },
    answer: { status: 202, description: 'The event is stored', schema: onePublished },
    refusals: [409],
  },
  'POST /v1/events/batch': {
    operationId: 'publishEvents',
    tag,
    summary: 'Publish up to 100 events',
    description: 'All events are checked before the first is stored.',
    headers: z.object({ 'Idempotency-Key': idempotencyKey }),
    body: { schema: batch, example: { events: [example, { type: 'order.paid', payload: null }] } },
    answer: { status: 202, description: 'The events are stored, in the order of the call', schema: manyPublished },
    refusals: [409],
  },
  'POST /v1/ingest/{sourceId}': {
    operationId: 'ingestEvent',
    tag,
    summary: 'Send an event to a source',
    description:
      'Whatever the body is, it is kept byte for byte. The identifier of the source is all that a sender needs, unless the source verifies signatures: then a request without a good one is refused with 401. A repetition that the source recognizes is answered with the first event.',
    params: { sourceId: 'Identifier of the source' },
    headers: z.object({ 'Idempotency-Key': z.string().optional().meta({ description: key }) }),
    body: {},
    answer: { status: 202, description: 'The event is stored', schema: ingested },
    refusals: [400, 401, 403, 409],
  },
  'GET /v1/events': {
    operationId: 'listEvents',
    tag,
    summary: 'List events',
    description: 'The newest first.',
    query: eventQuery,
    answer: { status: 200, description: 'A page of events', schema: events },
  },
  'GET /v1/events/{id}': {
    operationId: 'getEvent',
    tag,
    summary: 'Read an event',
    description: 'With its headers and its payload as text.',
    params,
    answer: { status: 200, description: 'The event', schema: oneEvent },
  },
  'POST /v1/events/{id}/retry': {
    operationId: 'retryEvent',
    tag,
    summary: 'Retry the failed deliveries of an event',
    description: 'An event that no connection matched when it came is routed now.',
    params,
    answer: { status: 200, description: 'How many deliveries start again', schema: eventRetried },
  },
} satisfies Operations;

export const metricOperations = {
  'GET /v1/metrics/overview': {
    operationId: 'getOverview',
    tag: 'Metrics',
    summary: 'Read the figures of today',
    description: 'Days and weeks are those of UTC.',
    answer: { status: 200, description: 'The figures', schema: overview },
  },
  'GET /v1/metrics/volume': {
    operationId: 'getVolume',
    tag: 'Metrics',
    summary: 'Read how many events came in',
    description: 'By hour or day and by source, the oldest first; the last 24 hours unless a range is given.',
    query: volumeQuery,
    answer: { status: 200, description: 'The volume', schema: volume },
  },
} satisfies Operations;
