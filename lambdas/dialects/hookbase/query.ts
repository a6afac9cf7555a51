import * as z from 'zod/mini';
import { DELIVERY_STATUSES, type DeliveryStatus } from '../../domain/delivery';
import { isoTime, wholeNumber } from '../parameters';

const paging = {
  page: z._default(wholeNumber('page', 1, 1_000_000), 1),
  pageSize: z._default(wholeNumber('pageSize', 1, 100), 20),
  cursor: z.optional(z.string()),
};

const times = { from: z.optional(isoTime), to: z.optional(isoTime) };

/** Parameters of a list of deliveries; `status` reads the surface's word for one or several statuses. */
export function listQueryWith(status: z.ZodMiniType<readonly DeliveryStatus[], string>) {
  return z.pipe(
    z.object({
      ...paging,
      ...times,
      eventId: z.optional(z.string()),
      destinationId: z.optional(z.string()),
      routeId: z.optional(z.string()),
      status: z.optional(status),
    }),
    z.transform(({ status: statuses, routeId: connectionId, ...rest }) => ({ ...rest, statuses, connectionId })),
  );
}

/** Parameters of the list of deliveries; this surface has a word for each status. */
export const listQuery = listQueryWith(
  z.pipe(
    z.enum(DELIVERY_STATUSES),
    z.transform((status) => [status]),
  ),
);

/** Parameters of the list of dead letters. */
export const deadLetterQuery = z.object({ ...paging, ...times, destinationId: z.optional(z.string()) });

/** Parameters of a single delivery. */
export const getQuery = z.object({
  includeAttempts: z.pipe(
    z._default(z.enum(['true', 'false', '1', '0']), 'false'),
    z.transform((value) => value === 'true' || value === '1'),
  ),
});

/** Body of a bulk replay. */
export const bulkReplayBody = z.object({ deliveryIds: z.array(z.string()).check(z.minLength(1), z.maxLength(100)) });
