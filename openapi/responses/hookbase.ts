import * as z from 'zod';
import { STATUS_WORDS } from '../../lambdas/dialects/webhook-relay/wire';
import { DELIVERY_STATUSES } from '../../lambdas/domain/delivery';
import { PERIOD_NAMES } from '../../lambdas/statistics/read-statistics';
import { count, headers, httpStatus, idOf, milliseconds, nextCursor, time, totals } from './members';

const event = z.object({ id: idOf('evt'), sourceId: idOf('src').nullable() });
const destination = z.object({ id: idOf('dst'), name: z.string().nullable(), url: z.string().nullable() });

/** The members of a delivery, with a surface's words for a status. */
const members = (status: z.ZodType<string>) => ({
  id: idOf('dlv'),
  eventId: idOf('evt'),
  destinationId: idOf('dst'),
  routeId: idOf('con'),
  status,
  attemptCount: count.meta({ description: 'Attempts of the present round' }),
  maxAttempts: z.int().min(1),
  latency: milliseconds.nullable(),
  statusCode: httpStatus.nullable(),
  error: z.string().nullable(),
  event,
  destination,
  nextAttemptAt: time.nullable(),
  createdAt: time,
  updatedAt: time.nullable(),
  deliveredAt: time.nullable(),
});

const attempt = z
  .object({
    attemptNumber: z.int().min(1),
    startedAt: time,
    completedAt: time,
    statusCode: httpStatus.nullable(),
    error: z.string().nullable(),
    latency: milliseconds,
  })
  .meta({ id: 'DeliveryHistoryEntry' });

const exchange = {
  attempts: z.array(attempt).optional().meta({ description: 'With `includeAttempts` only' }),
  requestHeaders: headers.nullable(),
  responseHeaders: headers.nullable(),
  responseBody: z.string().nullable(),
};

const pagination = z
  .object({ ...totals, page: z.int().min(1), pageSize: z.int().min(1).max(100), next_cursor: nextCursor })
  .meta({ id: 'PageOfDeliveries' });

/** The answers of a surface that shows deliveries, with its words for a status. */
function deliveryAnswers(name: string, words: readonly [string, ...string[]] | readonly string[]) {
  const status = z.enum(words as [string, ...string[]]).meta({ id: `${name}Status` });
  const delivery = z.object(members(status)).meta({ id: name });
  return {
    list: z.object({ data: z.array(delivery), pagination }).meta({ id: `${name}List` }),
    detail: z.object({ ...members(status), ...exchange }).meta({ id: `${name}Detail` }),
  };
}

/** `/api/deliveries` and `/api/deliveries/{id}`. */
export const deliveries = deliveryAnswers('Delivery', DELIVERY_STATUSES);

/** `/api/organizations/{orgId}/deliveries`: the members of the Hookbase surface, with four words for a status. */
export const organizationDeliveries = deliveryAnswers('OrganizationDelivery', Object.keys(STATUS_WORDS));

/** A delivery that was retried. */
export const retried = z
  .object({ message: z.literal('Delivery queued for retry'), deliveryId: idOf('dlv'), status: z.literal('pending') })
  .meta({ id: 'DeliveryRetried' });

const deadLetter = z
  .object({
    id: idOf('dlq'),
    deliveryId: idOf('dlv'),
    eventId: idOf('evt'),
    destinationId: idOf('dst'),
    error: z.string().nullable(),
    attemptCount: count,
    failedAt: time,
    event: z.object({ id: idOf('evt'), receivedAt: time }),
    destination: z.object({ id: idOf('dst'), name: z.string().nullable() }),
  })
  .meta({ id: 'DeadLetter' });

export const deadLetters = z.object({ data: z.array(deadLetter), pagination }).meta({ id: 'DeadLetterList' });

export const requeued = z
  .object({ message: z.literal('Item requeued for delivery'), deliveryId: idOf('dlv') })
  .meta({ id: 'DeadLetterRequeued' });

export const bulkReplayed = z
  .object({
    message: z.literal('Deliveries queued for replay'),
    queued: count,
    skipped: count,
    errors: z.array(z.object({ deliveryId: z.string(), error: z.string() })),
  })
  .meta({ id: 'BulkReplayed' });

export const statistics = z
  .object({
    total: count,
    delivered: count,
    failed: count,
    pending: count,
    successRate: z
      .number()
      .min(0)
      .max(100)
      .meta({ description: 'Delivered of those delivered and failed, in percent' }),
    avgLatency: milliseconds,
    p50Latency: milliseconds,
    p95Latency: milliseconds,
    p99Latency: milliseconds,
    period: z.enum(PERIOD_NAMES),
  })
  .meta({ id: 'Statistics' });
