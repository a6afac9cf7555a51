import * as z from 'zod';
import { DELIVERY_STATUSES, type DeliveryStatus } from '../../domain/delivery';
import { isoTime, wholeNumber } from '../../http/paging';

const paging = {
  page: wholeNumber('page', 1, 1_000_000).default(1),
  pageSize: wholeNumber('pageSize', 1, 100).default(20),
  cursor: z.string().optional(),
};

const times = { from: isoTime.optional(), to: isoTime.optional() };

/** Parameters of a list of deliveries; `status` reads the surface's word for one or several statuses. */
export function listQueryWith(status: z.ZodType<readonly DeliveryStatus[], string>) {
  return z
    .object({
      ...paging,
      ...times,
      eventId: z.string().optional(),
      destinationId: z.string().optional(),
      routeId: z.string().optional(),
      status: status.optional(),
    })
    .transform(({ status: statuses, routeId: connectionId, ...rest }) => ({ ...rest, statuses, connectionId }));
}

/** Parameters of the list of deliveries; this surface has a word for each status. */
export const listQuery = listQueryWith(z.enum(DELIVERY_STATUSES).transform((status) => [status]));

/** Parameters of the list of dead letters. */
export const deadLetterQuery = z.object({ ...paging, ...times, destinationId: z.string().optional() });

/** Parameters of a single delivery. */
export const getQuery = z.object({
  includeAttempts: z
    .enum(['true', 'false', '1', '0'])
    .default('false')
    .transform((value) => value === 'true' || value === '1'),
});

/** Body of a bulk replay. */
export const bulkReplayBody = z.object({ deliveryIds: z.array(z.string()).min(1).max(100) });
