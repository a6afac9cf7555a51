import * as z from 'zod/mini';
import { shown } from './members';

/** What has gone through a source, connection or destination so far; removals do not count. */
export interface Activity {
  readonly count: number;
  /** ISO 8601; null before the first. */
  readonly lastAt: string | null;
}

/** The activity of what is new. */
export const NO_ACTIVITY: Activity = { count: 0, lastAt: null };

interface Active {
  readonly activity: Activity;
}

const time = () => z.nullable(z.iso.datetime());

export const eventCount = shown(
  () => ({ event_count: z.int().check(z.minimum(0)) }),
  ({ activity }: Active) => ({ event_count: activity.count }),
);
export const lastEventAt = shown(
  () => ({ last_event_at: time() }),
  ({ activity }: Active) => ({ last_event_at: activity.lastAt }),
);
export const lastDeliveryAt = shown(
  () => ({ last_delivery_at: time() }),
  ({ activity }: Active) => ({ last_delivery_at: activity.lastAt }),
);
