import * as z from 'zod';
import { EVENT_STATUSES } from '../../domain/event-status';
import { isoTime, wholeNumber } from '../../http/paging';

/** Words for what checking a signature came to; `skipped` where a source checks none. */
export const VERIFICATION_STATUSES = ['verified', 'failed', 'skipped'] as const;

/** Parameters of the list of events. */
export const eventQuery = z.object({
  limit: wholeNumber('limit', 1, 100).default(50),
  offset: wholeNumber('offset', 0, 1_000_000).default(0),
  cursor: z.string().optional(),
  from: isoTime.optional(),
  to: isoTime.optional(),
  source_id: z.string().min(1).max(100).optional(),
  type: z.string().min(1).max(255).optional(),
  status: z.enum(EVENT_STATUSES).optional(),
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).optional(),
  verification_status: z.enum(VERIFICATION_STATUSES).optional(),
});
