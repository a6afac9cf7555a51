import * as z from 'zod';
import { ATTEMPT_STATES } from '../../lambdas/domain/attempt-state';
import { TRIGGERS } from '../../lambdas/domain/delivery';
import { count, headers, httpStatus, idOf, milliseconds, nextCursor, time, totals } from './members';

const flag = z.union([z.literal(0), z.literal(1)]);
const state = z.enum(ATTEMPT_STATES).meta({ id: 'AttemptStatus' });
const trigger = z.enum(TRIGGERS).meta({ id: 'AttemptTrigger', description: 'Why the attempt was made' });

const listed = {
  id: idOf('da'),
  org_id: idOf('org'),
  env_id: idOf('env'),
  event_id: idOf('evt'),
  connection_id: idOf('con'),
  destination_id: idOf('dst'),
  request_url: z.string(),
  request_method: z.string(),
  request_body_size: count,
  response_status: httpStatus.nullable(),
  duration_ms: milliseconds.nullable(),
  status: state,
  error: z.string().nullable(),
  created_at: time,
  attempt_number: z.int().min(1),
  next_retry_at: time.nullable(),
  is_dlq: flag,
  dlq_at: time.nullable(),
  trigger_type: trigger,
  connection_name: z.string().nullable(),
  destination_name: z.string().nullable(),
};

const record = z
  .object({
    ...listed,
    request_headers: z.string().nullable().meta({ description: 'A JSON object as text' }),
    response_headers: z.string().nullable().meta({ description: 'A JSON object as text' }),
    response_body: z.string().nullable(),
  })
  .meta({ id: 'DeliveryAttemptRecord' });

const pagination = z
  .object({ ...totals, limit: z.int(), offset: z.int(), has_more: z.boolean(), next_cursor: nextCursor })
  .meta({ id: 'PageByOffset' });

/** Paging of lists by limit and offset. */
export { pagination as pageByOffset };

export const attempts = z
  .object({ delivery_attempts: z.array(z.object(listed).meta({ id: 'DeliveryAttempt' })), pagination })
  .meta({ id: 'DeliveryAttemptList' });

export const attempt = z
  .object({
    id: idOf('da'),
    event_id: idOf('evt'),
    connection_id: idOf('con'),
    destination_id: idOf('dst'),
    destination_name: z.string().nullable(),
    status: state,
    status_code: httpStatus.nullable(),
    request_headers: headers.nullable(),
    response_headers: headers.nullable(),
    response_body: z.string().nullable(),
    latency_ms: milliseconds.nullable(),
    error: z.string().nullable(),
    attempt_number: z.int().min(1),
    next_retry_at: time.nullable(),
    is_dlq: flag,
    trigger_type: trigger,
    created_at: time,
    attempted_at: time.nullable(),
    delivery_attempt: record,
  })
  .meta({ id: 'DeliveryAttemptDetail' });

export const attemptRetried = z.object({ delivery_attempt: record }).meta({ id: 'DeliveryAttemptRetried' });
