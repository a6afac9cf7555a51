import * as z from 'zod';
import { isoTime, wholeNumber } from '../../http/paging';
import { RECOVERY_STATUSES, type Recovery } from '../../store/recoveries';

/** The body that asks for a recovery. */
export const recoveryBody = z.object({
  org_id: z.string().optional(),
  env_id: z.string().optional(),
  destination_id: z.string(),
  from: isoTime,
  to: isoTime.optional(),
});

/** Parameters of the list of recoveries. */
export const recoveryQuery = z.object({
  destination_id: z.string().optional(),
  status: z.enum(RECOVERY_STATUSES).optional(),
  limit: wholeNumber('limit', 1, 100).default(50),
  offset: wholeNumber('offset', 0, 1_000_000).default(0),
  cursor: z.string().optional(),
});

/** A recovery with its progress. */
export function writeRecovery(recovery: Recovery) {
  const { id, environment, destination, from, to, status, seen, replayed, skipped } = recovery;
  return {
    ...{ id, env_id: environment, destination_id: destination, from, to, status, seen, replayed, skipped },
    created_at: recovery.createdAt,
    updated_at: recovery.updatedAt,
    finished_at: recovery.finishedAt ?? null,
  };
}
