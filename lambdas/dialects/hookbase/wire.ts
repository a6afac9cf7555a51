import { deadLetterId, deliveryId, eventId } from '../../domain/identifiers';
import {
  attemptsInRound,
  type DeadLetterRow,
  type Delivery,
  latestFigures,
  type StoredAttempt,
} from '../../operations/answers';
import type { BulkReplay } from '../../operations/bulk-replay';
import type { Exchange } from '../../operations/exchange';
import { bodyText, isoTime } from '../text';

/** What a delivery shows of its destination, even of a deleted one. */
export interface DestinationNames {
  readonly name: string;
  readonly url: string;
}

/** A delivery in this surface's format, without request and response. */
export function writeDelivery(delivery: Delivery, destination: DestinationNames | undefined) {
  const latest = latestFigures(delivery);
  const event = eventId(delivery.base);
  return {
    id: deliveryId(delivery.base, delivery.ordinal),
    eventId: event,
    destinationId: delivery.destination,
    routeId: delivery.connection,
    status: delivery.status as string,
    attemptCount: attemptsInRound(delivery),
    maxAttempts: delivery.maxAttempts,
    latency: latest?.latencyMs ?? null,
    statusCode: latest?.statusCode ?? null,
    error: latest?.errorMessage ?? null,
    event: { id: event, sourceId: delivery.source ?? null },
    destination: { id: delivery.destination, name: destination?.name ?? null, url: destination?.url ?? null },
    nextAttemptAt: isoTime(delivery.nextAttemptAt),
    createdAt: delivery.createdAt,
    updatedAt: isoTime(delivery.updatedAt),
    deliveredAt: isoTime(delivery.deliveredAt),
  };
}

/** Request and response of the latest attempt; nulls before the first one. */
export function writeExchange({ request, response }: Exchange) {
  return {
    requestHeaders: request?.headers ?? null,
    responseHeaders: response?.headers ?? null,
    responseBody: bodyText(response?.body),
  };
}

/** One attempt in the history of a delivery. */
export function writeAttempt(attempt: StoredAttempt) {
  return {
    attemptNumber: attempt.number,
    startedAt: isoTime(attempt.startedAt),
    completedAt: isoTime(attempt.startedAt + attempt.latencyMs),
    statusCode: attempt.statusCode ?? null,
    error: attempt.errorMessage ?? null,
    latency: attempt.latencyMs,
  };
}

/** An open dead letter. */
export function writeDeadLetter({ letter, delivery }: DeadLetterRow, destination: DestinationNames | undefined) {
  const { base, attempt, errorMessage, attemptCount, failedAt } = letter;
  const event = eventId(base);
  return {
    id: deadLetterId(base, letter.ordinal, attempt),
    deliveryId: deliveryId(base, letter.ordinal),
    eventId: event,
    destinationId: letter.destination,
    error: errorMessage ?? null,
    attemptCount,
    failedAt,
    event: { id: event, receivedAt: delivery.receivedAt ?? delivery.createdAt },
    destination: { id: letter.destination, name: destination?.name ?? null },
  };
}

/** The result of a bulk replay. */
export function writeBulkReplay({ queued, skipped, unknown }: BulkReplay) {
  const errors = unknown.map((deliveryId) => ({ deliveryId, error: `Delivery with ID ${deliveryId} not found` }));
  return { message: 'Deliveries queued for replay', queued, skipped, errors };
}
