import type { ErrorCode } from './attempt';
import type { DeliveryStatus } from './delivery';

/** How an attempt stands: due or being made, or how it ended. */
export const ATTEMPT_STATES = ['pending', 'success', 'failed'] as const;
export type AttemptState = (typeof ATTEMPT_STATES)[number];

/** What attempts can be asked for by: a state, or a kind of failure. `error` are the ones that got no response at all. */
export const ATTEMPT_OUTCOMES = [...ATTEMPT_STATES, 'timeout', 'error'] as const;
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number];

const COMING: readonly DeliveryStatus[] = ['pending', 'sent', 'retrying', 'circuit_open'];

/**
 * The attempt that a delivery has due, is making or will make once its destination takes deliveries again. It has its
 * number, and with it its identifier, before it is made.
 *
 * @returns undefined when none is coming
 */
export function comingAttempt(delivery: { readonly status: DeliveryStatus; readonly made: number }) {
  return COMING.includes(delivery.status) ? delivery.made + 1 : undefined;
}

/** What was made of an attempt; undefined while it is not made. */
export type MadeAttempt = { readonly errorCode?: ErrorCode | undefined } | undefined;

export function attemptState(made: MadeAttempt): AttemptState {
  if (made === undefined) return 'pending';
  return made.errorCode === undefined ? 'success' : 'failed';
}

/** Whether an attempt is among those that were asked for. */
export function hasOutcome(made: MadeAttempt, outcome: AttemptOutcome): boolean {
  if (outcome === 'timeout') return made?.errorCode === 'timeout';
  if (outcome === 'error') {
    const code = made?.errorCode;
    return code !== undefined && code !== 'timeout' && code !== 'http_error';
  }
  return attemptState(made) === outcome;
}
