import * as z from 'zod';
import { STATUS_OF_STATE } from '../../lambdas/dialects/delivery-items/statuses';
import { ERROR_CODES } from '../../lambdas/domain/attempt';
import { pageByOffset } from './hookstream';
import { count, httpStatus, idOf, milliseconds, time } from './members';

const idempotencyKey = z.string().regex(/^[0-9a-f]{64}$/);

const uuid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

const members = {
  id: uuid,
  binding_id: uuid.meta({ description: 'The connection: its identifier without prefix, as a UUID' }),
  event_id: idOf('evt'),
  idempotency_key: idempotencyKey,
  status: z.enum(Object.values(STATUS_OF_STATE)).meta({ id: 'DeliveryItemStatus' }),
  attempt: z.int().min(1),
  http_status: httpStatus.nullable(),
  error_code: z.enum(ERROR_CODES).nullable(),
  error_message: z.string().nullable(),
  duration_ms: milliseconds.nullable(),
  completed_at: time.nullable(),
  created_at: time,
};

export const items = z
  .object({
    items: z.array(z.object(members).meta({ id: 'DeliveryItem' })),
    total: count,
    pagination: pageByOffset,
  })
  .meta({ id: 'DeliveryItemList' });

export const item = z
  .object({ ...members, request_body: z.string().nullable(), response_body: z.string().nullable() })
  .meta({ id: 'DeliveryItemDetail' });

export const replayed = z
  .object({ enqueued: z.literal(true), idempotency_key: idempotencyKey })
  .meta({ id: 'DeliveryItemReplayed' });
