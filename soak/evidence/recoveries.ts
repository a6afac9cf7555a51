import * as z from 'zod';
import { RECOVERY_STATUSES } from '../../lambdas/domain/recovery';
import type { Change } from './changes';

const item = z.object({
  id: z.string(),
  destination: z.string(),
  /** Creation times of deliveries, ISO 8601, inclusive. */
  from: z.string(),
  to: z.string(),
  status: z.enum(RECOVERY_STATUSES),
  seen: z.number(),
  replayed: z.number(),
  skipped: z.number(),
  /** Deliveries that it is about to replay. */
  plan: z.array(z.string()).optional(),
  createdAt: z.string(),
  finishedAt: z.string().optional(),
  /** Only while it is listed as having something left to do. */
  attPk: z.string().optional(),
});

/** A recovery as it stands in the end, read without the code that wrote it. */
export type RecoveryImage = z.output<typeof item>;

/** All recoveries of a run, from the changes of the table. */
export function recoveriesOf(changes: readonly Change[]): RecoveryImage[] {
  const own = changes.filter(({ sk }) => sk.startsWith('REC#'));
  const last = new Map(own.flatMap(({ sk, after }) => (after === undefined ? [] : [[sk, after] as const])));
  return [...last.values()].map((one) => item.parse(one));
}
