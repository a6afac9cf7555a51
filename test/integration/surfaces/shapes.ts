import { expect } from 'vitest';

/** Matchers for the members of answers. */
export const text: unknown = expect.any(String);
export const whole: unknown = expect.any(Number);
export const time: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
export const idOf = (prefix: string): unknown => expect.stringMatching(new RegExp(`^${prefix}_[0-9a-f]{32}$`));
const uuid: unknown = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

/** An attempt in a list of the Hookstream surface. */
export const listedAttempt = {
  id: idOf('da'),
  org_id: idOf('org'),
  env_id: idOf('env'),
  event_id: idOf('evt'),
  connection_id: idOf('con'),
  destination_id: idOf('dst'),
  request_url: text,
  request_method: 'POST',
  request_body_size: whole,
  response_status: 200,
  duration_ms: whole,
  status: 'success',
  error: null,
  created_at: time,
  attempt_number: 1,
  next_retry_at: null,
  is_dlq: 0,
  dlq_at: null,
  trigger_type: 'auto',
  connection_name: 'Shop to warehouse',
  destination_name: 'Warehouse',
};

/** A delivery in a list of the surfaces that show deliveries. */
export const listedDelivery = {
  id: idOf('dlv'),
  eventId: idOf('evt'),
  destinationId: idOf('dst'),
  routeId: idOf('con'),
  status: 'delivered',
  attemptCount: 1,
  maxAttempts: 1,
  latency: whole,
  statusCode: 200,
  error: null,
  event: { id: idOf('evt'), sourceId: null },
  destination: { id: idOf('dst'), name: 'Warehouse', url: text },
  nextAttemptAt: null,
  createdAt: time,
  updatedAt: time,
  deliveredAt: time,
};

/** An attempt in a list of the delivery items surface. */
export const listedItem = {
  id: uuid,
  binding_id: uuid,
  event_id: idOf('evt'),
  idempotency_key: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
  status: 'succeeded',
  attempt: 1,
  http_status: 200,
  error_code: null,
  error_message: null,
  duration_ms: whole,
  completed_at: time,
  created_at: time,
};
