import type { EventStatus } from '../../domain/event-status';
import { eventId } from '../../domain/identifiers';
import type { StoredEvent } from '../../store/events';

/** An event as the management surface lists it. */
export function writeEvent(event: StoredEvent, status: EventStatus, sourceName: string | undefined) {
  return {
    id: eventId(event.base),
    org_id: event.organization,
    env_id: event.environment,
    source_id: event.source ?? null,
    source_name: sourceName ?? null,
    external_id: event.externalId ?? null,
    type: event.type ?? null,
    status,
    method: 'POST',
    content_type: event.contentType,
    payload_size: event.body.byteLength,
    received_at: event.createdAt,
    created_at: event.createdAt,
  };
}

/** A single event: with its headers and its payload as text. */
export function writeEventDetail(event: StoredEvent, status: EventStatus, sourceName: string | undefined) {
  return {
    ...writeEvent(event, status, sourceName),
    headers: event.headers ?? {},
    payload: Buffer.from(event.body).toString('utf8'),
  };
}
