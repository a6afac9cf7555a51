import * as z from 'zod';
import { ATTEMPT_OUTCOMES } from '../../domain/attempt-state';
import { isoTime, wholeNumber } from '../../http/paging';

/** Parameters of the list of attempts. `dlq` is no outcome of an attempt, but is asked for as if it were one. */
export const listQuery = z
  .object({
    event_id: z.string().optional(),
    connection_id: z.string().optional(),
    destination_id: z.string().optional(),
    status: z.enum([...ATTEMPT_OUTCOMES, 'dlq']).optional(),
    is_dlq: z.enum(['0', '1']).optional(),
    from: isoTime.optional(),
    to: isoTime.optional(),
    limit: wholeNumber('limit', 1, 100).default(50),
    offset: wholeNumber('offset', 0, 1_000_000).default(0),
    cursor: z.string().optional(),
  })
  .transform(({ event_id, connection_id, destination_id, status, is_dlq, ...rest }) => ({
    ...rest,
    eventId: event_id,
    connectionId: connection_id,
    destinationId: destination_id,
    outcome: status === 'dlq' ? undefined : status,
    deadLetters: status === 'dlq' || is_dlq === '1',
  }));
