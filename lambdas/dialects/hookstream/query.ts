import * as z from 'zod/mini';
import { ATTEMPT_OUTCOMES } from '../../domain/attempt-state';
import { isoTime, wholeNumber } from '../parameters';

/** Parameters of the list of attempts. `dlq` is not an outcome, but the surface filters by it as if it were. */
export const listQuery = z.pipe(
  z.object({
    event_id: z.optional(z.string()),
    connection_id: z.optional(z.string()),
    destination_id: z.optional(z.string()),
    status: z.optional(z.enum([...ATTEMPT_OUTCOMES, 'dlq'])),
    is_dlq: z.optional(z.enum(['0', '1'])),
    from: z.optional(isoTime),
    to: z.optional(isoTime),
    limit: z._default(wholeNumber('limit', 1, 100), 50),
    offset: z._default(wholeNumber('offset', 0, 1_000_000), 0),
    cursor: z.optional(z.string()),
  }),
  z.transform(({ event_id, connection_id, destination_id, status, is_dlq, ...rest }) => ({
    ...rest,
    eventId: event_id,
    connectionId: connection_id,
    destinationId: destination_id,
    outcome: status === 'dlq' ? undefined : status,
    deadLetters: status === 'dlq' || is_dlq === '1',
  })),
);
