import * as z from 'zod/mini';
import { RECOVERY_STATUSES } from '../../domain/recovery';
import type { Recovery } from '../../operations/answers';
import { isoTime, wholeNumber } from '../parameters';

/** The body that starts a recovery. */
export const recoveryBody = z.object({
  org_id: z.optional(z.string()),
  env_id: z.optional(z.string()),
  destination_id: z.string(),
  from: isoTime,
  to: z.optional(isoTime),
});

/** Parameters of the list of recoveries. */
export const recoveryQuery = z.object({
  destination_id: z.optional(z.string()),
  status: z.optional(z.enum(RECOVERY_STATUSES)),
  limit: z._default(wholeNumber('limit', 1, 100), 50),
  offset: z._default(wholeNumber('offset', 0, 1_000_000), 0),
  cursor: z.optional(z.string()),
});

/** A recovery with its progress. */
export function writeRecovery(recovery: Recovery) {
  const { id, environment, destination, from, to, status, seen, replayed, skipped } = recovery;
  return {
    id,
    env_id: environment,
    destination_id: destination,
    from,
    to,
    status,
    seen,
    replayed,
    skipped,
    created_at: recovery.createdAt,
    updated_at: recovery.updatedAt,
    finished_at: recovery.finishedAt ?? null,
  };
}
