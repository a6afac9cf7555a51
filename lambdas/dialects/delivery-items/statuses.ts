import type { AttemptState } from '../../domain/attempt-state';

/** This surface's words for the state of an attempt. */
export const STATUS_OF_STATE = {
  pending: 'in_flight',
  success: 'succeeded',
  failed: 'failed',
} as const satisfies Record<AttemptState, string>;

/** The states that the filter's words stand for. */
export const OUTCOME_OF_STATUS = {
  in_flight: 'pending',
  succeeded: 'success',
  failed: 'failed',
} as const satisfies Record<string, AttemptState>;
