import { deliveryId, eventId } from '../../domain/identifiers';
import { unpackDetail } from '../../store/attempt-detail';
import { attemptsInRound, type Delivery, type StoredAttempt } from '../../store/delivery-items';

const isoTime = (milliseconds: number | undefined): string | null =>
  milliseconds === undefined ? null : new Date(milliseconds).toISOString();

/** What a delivery shows of its destination, deleted or not. */
export interface DestinationNames {
  readonly name: string;
  readonly url: string;
}

/** A delivery as this surface writes it, without what was sent and received. */
export function writeDelivery(delivery: Delivery, destination: DestinationNames | undefined) {
  const latest = delivery.last ?? delivery.first;
  const event = eventId(delivery.base);
  return {
    id: deliveryId(delivery.base, delivery.delivery),
    eventId: event,
    destinationId: delivery.destination,
    routeId: delivery.connection,
    status: delivery.status,
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

/** What the latest attempt sent and received; nulls before the first one. */
export function writeExchange(latest: StoredAttempt | undefined) {
  const detail = latest?.detail && unpackDetail(latest.detail);
  const responded = latest?.statusCode !== undefined;
  return {
    requestHeaders: detail?.requestHeaders ?? null,
    responseHeaders: responded ? (detail?.responseHeaders ?? null) : null,
    responseBody: detail?.responseBody ? Buffer.from(detail.responseBody).toString('utf8') : null,
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
