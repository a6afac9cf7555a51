import * as z from 'zod/mini';
import type { AttemptOutcome } from '../../domain/attempt-state';
import { fromConfigurationUuid } from '../../domain/identifiers';
import { isoTime, wholeNumber } from '../parameters';
import { OUTCOME_OF_STATUS } from './statuses';

const WORDS = Object.keys(OUTCOME_OF_STATUS) as (keyof typeof OUTCOME_OF_STATUS)[];

/** Parameters of the list of items. */
export const listQuery = z.pipe(
  z.object({
    event_id: z.optional(z.string()),
    binding_id: z.optional(
      z.pipe(
        z.string(),
        z.transform((text) => fromConfigurationUuid(text, 'con')),
      ),
    ),
    status: z.optional(
      z.pipe(
        z.enum(WORDS),
        z.transform((word): AttemptOutcome => OUTCOME_OF_STATUS[word]),
      ),
    ),
    from: z.optional(isoTime),
    to: z.optional(isoTime),
    limit: z._default(wholeNumber('limit', 1, 100), 50),
    offset: z._default(wholeNumber('offset', 0, 1_000_000), 0),
    cursor: z.optional(z.string()),
  }),
  z.transform(({ event_id, binding_id, status, ...rest }) => ({
    ...rest,
    eventId: event_id,
    connectionId: binding_id,
    outcome: status,
  })),
);
