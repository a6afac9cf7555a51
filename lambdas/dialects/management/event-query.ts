import * as z from 'zod/mini';
import { EVENT_STATUSES } from '../../domain/event-status';
import { isoTime, wholeNumber } from '../parameters';

/** Words for the result of checking a signature; `skipped` if the source does not check. */
export const VERIFICATION_STATUSES = ['verified', 'failed', 'skipped'] as const;

/** Parameters of the list of events. */
export const eventQuery = z.object({
  limit: z._default(wholeNumber('limit', 1, 100), 50),
  offset: z._default(wholeNumber('offset', 0, 1_000_000), 0),
  cursor: z.optional(z.string()),
  from: z.optional(isoTime),
  to: z.optional(isoTime),
  source_id: z.optional(z.string().check(z.minLength(1), z.maxLength(100))),
  type: z.optional(z.string().check(z.minLength(1), z.maxLength(255))),
  status: z.optional(z.enum(EVENT_STATUSES)),
  method: z.optional(z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])),
  verification_status: z.optional(z.enum(VERIFICATION_STATUSES)),
});
