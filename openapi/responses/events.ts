import * as z from 'zod';
import { VERIFICATION_STATUSES } from '../../lambdas/dialects/management/event-query';
import { EVENT_STATUSES } from '../../lambdas/domain/event-status';
import { RECOVERY_STATUSES } from '../../lambdas/domain/recovery';
import { count, headers, idOf, nextCursor, time, totals } from './members';

const published = z
  .object({
    id: idOf('evt'),
    type: z.string().nullable(),
    source_id: idOf('src').nullable(),
    external_id: z.string().nullable(),
    status: z.literal('pending'),
    payload_size: count,
    created_at: time,
  })
  .meta({ id: 'PublishedEvent' });

export const onePublished = z.object({ event: published });
export const manyPublished = z.object({ events: z.array(published) });

/** The answer to a sender. */
export const ingested = z.object({ event_id: idOf('evt') }).meta({ id: 'IngestedEvent' });

const members = {
  id: idOf('evt'),
  org_id: idOf('org'),
  env_id: idOf('env'),
  source_id: idOf('src').nullable(),
  source_name: z.string().nullable(),
  external_id: z.string().nullable(),
  type: z.string().nullable(),
  status: z.enum(EVENT_STATUSES).meta({ id: 'EventStatus' }),
  verification_status: z.enum(VERIFICATION_STATUSES),
  dedup_status: z.literal('unique'),
  method: z.string(),
  source_ip: z.string().nullable(),
  content_type: z.string(),
  payload_size: count.meta({ description: 'In bytes' }),
  received_at: time,
  created_at: time,
};

/** Where a list continues. */
export const pagination = z
  .object({ ...totals, has_more: z.boolean(), next_cursor: nextCursor })
  .meta({ id: 'ListPosition' });

export const events = z
  .object({ events: z.array(z.object(members).meta({ id: 'Event' })), pagination })
  .meta({ id: 'EventList' });

const detail = z.object({ ...members, headers, payload: z.string() }).meta({ id: 'EventDetail' });

export const oneEvent = z.object({ event: detail });
export const eventRetried = z.object({ retried: count.meta({ description: 'Deliveries that start again' }) });

const circuit = z
  .object({
    destination_id: idOf('dst'),
    circuit_state: z.enum(['open', 'closed', 'half_open']),
    failure_count: count.meta({ description: 'Failed attempts in a row' }),
    opened_at: time.nullable(),
    next_probe_at: time.nullable(),
    pending_retries: count.meta({ description: 'Deliveries that wait: parked ones, and ones that are tried again' }),
    parked: count.meta({ description: 'Deliveries that wait as circuit_open, counted up to 10,000' }),
  })
  .meta({ id: 'Circuit' });

export const oneCircuit = z.object({ circuit });

export const overview = z
  .object({
    events_today: count,
    events_this_week: count,
    active_sources: count,
    active_destinations: count,
    deliveries_today: count,
    success_rate_today: z.number().min(0).max(100),
    dlq_count: count,
  })
  .meta({ id: 'Overview' });

const volumeRow = z
  .object({ bucket: time, source_id: z.string(), source_name: z.string().nullable(), event_count: count })
  .meta({ id: 'VolumeOfSource' });

export const volume = z
  .object({ granularity: z.enum(['hour', 'day']), series: z.array(volumeRow) })
  .meta({ id: 'Volume' });

const recovery = z
  .object({
    id: idOf('rec'),
    env_id: idOf('env'),
    destination_id: idOf('dst'),
    from: time,
    to: time,
    status: z.enum(RECOVERY_STATUSES),
    seen: count.meta({ description: 'Failed deliveries that were looked at' }),
    replayed: count,
    skipped: count.meta({ description: 'Deliveries that had moved on by themselves' }),
    created_at: time,
    updated_at: time,
    finished_at: time.nullable(),
  })
  .meta({ id: 'Recovery' });

export const oneRecovery = z.object({ recovery });
export const recoveries = z.object({ recoveries: z.array(recovery), pagination });
