import * as z from 'zod';
import { DELIVERY_STATUSES } from '../../domain/delivery';
import { isoTime, wholeNumber } from '../../http/paging';

/** Parameters of the list of deliveries. */
export const listQuery = z.object({
  page: wholeNumber('page', 1, 1_000_000).default(1),
  pageSize: wholeNumber('pageSize', 1, 100).default(20),
  cursor: z.string().optional(),
  eventId: z.string().optional(),
  destinationId: z.string().optional(),
  routeId: z.string().optional(),
  status: z.enum(DELIVERY_STATUSES).optional(),
  from: isoTime.optional(),
  to: isoTime.optional(),
});

export type ListQuery = z.output<typeof listQuery>;

/** Parameters of a single delivery. */
export const getQuery = z.object({
  includeAttempts: z
    .enum(['true', 'false', '1', '0'])
    .default('false')
    .transform((value) => value === 'true' || value === '1'),
});
