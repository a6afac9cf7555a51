/**
 * What operations answer with, and how to read it: dialects write these, and know nothing of where they are stored.
 */
export type { Overview } from '../statistics/overview';
export type { Granularity, VolumeRow } from '../statistics/volume';
export { attemptsInRound, type Delivery, type StoredAttempt } from '../store/deliveries/delivery-items';
export type { StoredEvent } from '../store/events/events';
export {
  type AttemptRow,
  createdAtOf,
  diedAtOf,
  latestFigures,
  nextRetryAtOf,
  triggerOfRow,
} from '../store/lists/attempt-rows';
export type { DeadLetterRow } from '../store/lists/dead-letters';
export type { Recovery } from '../store/sweep/recoveries';
