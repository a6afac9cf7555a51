import { expect } from 'vitest';
import { configurationUuid } from '../../../lambdas/domain/identifiers';
import { deadLetterKey, destinationKey, eventKey } from '../../../lambdas/store/table/addresses';
import { all, answers, type Expectation, ids, reaches, removes, repeats, writes } from './sample-effects';

const deletesDeadLetter = all(
  answers(204, () => null),
  removes(({ EVENT_BASE }) => deadLetterKey(EVENT_BASE, 2, 1)),
  reaches('FAILED_ID', { status: 'failed' }),
);

const requeues = all(
  answers(200, ({ EVENT_BASE }) => ({
    message: 'Item requeued for delivery',
    deliveryId: `dlv_${EVENT_BASE}00040000`,
  })),
  repeats('requeue'),
);

const listsDeadLetters = answers(200, ({ DEAD_LETTER_ID, FAILED_ID }) => ({
  data: [{ id: DEAD_LETTER_ID, deliveryId: FAILED_ID, attemptCount: 1, destination: { name: 'Warehouse' } }],
  pagination: { total: 1 },
}));

const countsDeliveries = answers(200, () => ({ total: 3, delivered: 1, failed: 1, pending: 1, avgLatency: 42 }));

/** What the sample events of `api` have to bring about, by the name of their file. */
export const API_EXPECTATIONS: Readonly<Record<string, Expectation>> = {
  'api-health.json': answers(200, () => ({})),
  'api-openapi.json': answers(200, () => ({ openapi: '3.1.0' })),
  'api-list-events.json': answers(200, ({ EVENT_ID }) => ({ events: ids(EVENT_ID), pagination: { total: 1 } })),
  'api-get-event.json': answers(200, ({ EVENT_ID }) => ({
    event: { id: EVENT_ID, status: 'pending', payload: '{"order": 42, "total": "19.90"}' },
  })),
  'api-list-deliveries.json': answers(200, ({ FAILED_ID }) => ({ data: ids(FAILED_ID), pagination: { total: 1 } })),
  'api-get-delivery.json': answers(200, ({ DELIVERED_ID }) => ({
    ...{ id: DELIVERED_ID, status: 'delivered', attemptCount: 2 },
    attempts: [{ statusCode: 503 }, { statusCode: 200 }],
  })),
  'api-retry.json': all(
    answers(200, ({ FAILED_ID }) => ({ deliveryId: FAILED_ID, status: 'pending' })),
    reaches('FAILED_ID', { status: 'pending', cause: 'manual', made: 1, roundStart: 1 }),
  ),
  'api-unknown-path.json': answers(404, () => ({ code: 'RESOURCE_NOT_FOUND' })),

  'api-retry-event.json': all(
    answers(200, () => ({ retried: 1 })),
    writes(({ EVENT_BASE }) => eventKey(EVENT_BASE), { routing: 'requested', retryAt: expect.any(Number) }),
  ),
  'api-get-circuit.json': answers(200, ({ PAUSED_DESTINATION_ID }) => ({
    circuit: { destination_id: PAUSED_DESTINATION_ID, circuit_state: 'open', pending_retries: 0 },
  })),
  'api-reset-circuit.json': all(
    answers(200, () => ({ circuit: { circuit_state: 'closed', opened_at: null } })),
    writes((values) => destinationKey(values.ENVIRONMENT_ID, values.PAUSED_DESTINATION_ID), { status: 'active' }),
  ),

  'api-start-recovery.json': answers(202, ({ DESTINATION_ID }) => ({
    recovery: { destination_id: DESTINATION_ID, from: '2026-03-12T00:00:00.000Z', status: 'running', seen: 0 },
  })),
  'api-list-recoveries.json': answers(200, ({ RECOVERY_ID }) => ({ recoveries: ids(RECOVERY_ID) })),
  'api-get-recovery.json': answers(200, ({ RECOVERY_ID, DESTINATION_ID }) => ({
    recovery: { id: RECOVERY_ID, destination_id: DESTINATION_ID, status: 'running', finished_at: null },
  })),
  'api-cancel-recovery.json': answers(200, ({ RECOVERY_ID }) => ({
    recovery: { id: RECOVERY_ID, status: 'cancelled', finished_at: expect.any(String) },
  })),

  'api-overview.json': answers(200, () => ({
    ...{ events_today: 1, deliveries_today: 3, success_rate_today: 50, dlq_count: 1 },
    ...{ active_sources: 1, active_destinations: 1 },
  })),
  'api-volume.json': answers(200, ({ SOURCE_ID }) => ({
    granularity: 'day',
    series: [{ source_id: SOURCE_ID, source_name: 'Shop', event_count: 1 }],
  })),
  'api-statistics.json': countsDeliveries,
  'api-organization-statistics.json': countsDeliveries,

  'api-list-attempts.json': answers(200, ({ ATTEMPT_ID, EVENT_ID }) => ({
    delivery_attempts: expect.arrayContaining([
      expect.objectContaining({ id: ATTEMPT_ID, event_id: EVENT_ID, status: 'failed', response_status: 500 }),
    ]),
  })),
  'api-get-attempt.json': answers(200, ({ ATTEMPT_ID }) => ({
    ...{ id: ATTEMPT_ID, status: 'failed', status_code: 500, latency_ms: 42, is_dlq: 1, destination_name: 'Warehouse' },
    request_headers: { 'content-type': 'application/json' },
  })),
  'api-retry-attempt.json': all(
    answers(200, () => ({ delivery_attempt: { status: 'pending', attempt_number: 2, trigger_type: 'manual' } })),
    reaches('FAILED_ID', { status: 'pending', cause: 'manual', roundStart: 1 }),
  ),

  'api-list-items.json': answers(200, ({ EVENT_ID, CONNECTION_ID }) => ({
    items: [
      { event_id: EVENT_ID, binding_id: configurationUuid(CONNECTION_ID ?? '') },
      { event_id: EVENT_ID, binding_id: configurationUuid(CONNECTION_ID ?? '') },
    ],
    pagination: { limit: 2, has_more: true },
  })),
  'api-get-item.json': answers(200, ({ ITEM_ID }) => ({
    ...{ id: ITEM_ID, attempt: 1, http_status: 500, error_code: 'http_error' },
    request_body: '{"order": 42, "total": "19.90"}',
  })),
  'api-replay-item.json': all(
    answers(200, () => ({ enqueued: true, idempotency_key: expect.any(String) })),
    repeats('replay'),
  ),

  'api-list-dead-letters.json': listsDeadLetters,
  'api-organization-list-dead-letters.json': listsDeadLetters,
  'api-requeue.json': requeues,
  'api-organization-requeue.json': requeues,
  'api-delete-dead-letter.json': deletesDeadLetter,
  'api-organization-delete-dead-letter.json': deletesDeadLetter,
  'api-bulk-replay.json': all(
    answers(200, () => ({ queued: 1, skipped: 1, errors: [] })),
    reaches('FAILED_ID', { status: 'pending', cause: 'replay', roundStart: 1 }),
    reaches('DELIVERED_ID', { status: 'delivered' }),
  ),

  'api-organization-list-deliveries.json': answers(200, ({ DELIVERED_ID }) => ({
    data: ids(DELIVERED_ID),
    pagination: { total: 1 },
  })),
  'api-organization-get-delivery.json': answers(200, ({ PENDING_ID }) => ({ id: PENDING_ID, status: 'pending' })),
  'api-organization-retry.json': all(
    answers(200, ({ FAILED_ID }) => ({ deliveryId: FAILED_ID, status: 'pending' })),
    reaches('FAILED_ID', { status: 'pending', cause: 'manual', made: 1, roundStart: 1 }),
  ),
};
