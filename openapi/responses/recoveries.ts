import * as z from 'zod';
import { RECOVERY_STATUSES } from '../../lambdas/domain/recovery';
import { pagination } from './events';
import { count, idOf, time } from './members';

const recovery = z
  .object({
    id: idOf('rec'),
    env_id: idOf('env'),
    destination_id: idOf('dst'),
    from: time,
    to: time,
    status: z.enum(RECOVERY_STATUSES),
    seen: count.meta({ description: 'Failed deliveries that were looked at' }),
    replayed: count,
    skipped: count.meta({ description: 'Deliveries that had moved on by themselves' }),
    created_at: time,
    updated_at: time,
    finished_at: time.nullable(),
  })
  .meta({ id: 'Recovery' });

export const oneRecovery = z.object({ recovery });
export const recoveries = z.object({ recoveries: z.array(recovery), pagination });
