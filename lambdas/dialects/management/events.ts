import type { EventStatus } from '../../domain/event-status';
import { eventId } from '../../domain/identifiers';
import type { StoredEvent } from '../../operations/answers';
import type { VERIFICATION_STATUSES } from './event-query';

/** Shown when an event has no source: clients print the name, or a shortened id if there is none. */
const NO_SOURCE = '(no source)';

/** An event as the management surface lists it. */
export function writeEvent(event: StoredEvent, status: EventStatus, sourceName: string | undefined) {
  return {
    id: eventId(event.base),
    org_id: event.organization,
    env_id: event.environment,
    source_id: event.source ?? null,
    source_name: event.source === undefined ? NO_SOURCE : (sourceName ?? null),
    external_id: event.externalId ?? null,
    type: event.type ?? null,
    status,
    verification_status: (event.verified ? 'verified' : 'skipped') as (typeof VERIFICATION_STATUSES)[number],
    dedup_status: 'unique',
    method: 'POST' as string,
    source_ip: null,
    content_type: event.contentType,
    payload_size: event.body.byteLength,
    received_at: event.createdAt,
    created_at: event.createdAt,
  };
}

/**
 * A single event, with its headers and its payload as text. The content type is a separate member, because clients that
 * replay an event send both.
 */
export function writeEventDetail(event: StoredEvent, status: EventStatus, sourceName: string | undefined) {
  const { 'content-type': _contentType, ...headers } = event.headers ?? {};
  return {
    ...writeEvent(event, status, sourceName),
    headers,
    payload: Buffer.from(event.body).toString('utf8'),
  };
}
