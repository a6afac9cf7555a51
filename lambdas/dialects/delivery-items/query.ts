import * as z from 'zod';
import type { AttemptOutcome } from '../../domain/attempt-state';
import { fromConfigurationUuid } from '../../domain/identifiers';
import { isoTime, wholeNumber } from '../../http/paging';
import { OUTCOME_OF_STATUS } from './statuses';

const WORDS = Object.keys(OUTCOME_OF_STATUS) as (keyof typeof OUTCOME_OF_STATUS)[];

/** Parameters of the list of items. */
export const listQuery = z
  .object({
    event_id: z.string().optional(),
    binding_id: z
      .string()
      .transform((text) => fromConfigurationUuid(text, 'con'))
      .optional(),
    status: z
      .enum(WORDS)
      .transform((word): AttemptOutcome => OUTCOME_OF_STATUS[word])
      .optional(),
    from: isoTime.optional(),
    to: isoTime.optional(),
    limit: wholeNumber('limit', 1, 100).default(50),
    offset: wholeNumber('offset', 0, 1_000_000).default(0),
    cursor: z.string().optional(),
  })
  .transform(({ event_id, binding_id, status, ...rest }) => ({
    ...rest,
    eventId: event_id,
    connectionId: binding_id,
    outcome: status,
  }));
