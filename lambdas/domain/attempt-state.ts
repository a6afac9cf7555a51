import type { ErrorCode } from './attempt';
import type { DeliveryStatus } from './delivery';

/** The state of an attempt: pending while due or being made, then how it ended. */
export const ATTEMPT_STATES = ['pending', 'success', 'failed'] as const;
export type AttemptState = (typeof ATTEMPT_STATES)[number];

/** What attempts can be filtered by: a state, or a kind of failure. `error` means that there was no response at all. */
export const ATTEMPT_OUTCOMES = [...ATTEMPT_STATES, 'timeout', 'error'] as const;
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number];

const COMING: readonly DeliveryStatus[] = ['pending', 'sent', 'retrying', 'circuit_open'];

/**
 * The attempt that is due, being made, or waiting for the destination to accept deliveries again. Its number, and so
 * its identifier, is known before it is made.
 *
 * @returns undefined when none is coming
 */
export function comingAttempt(delivery: { readonly status: DeliveryStatus; readonly made: number }) {
  return COMING.includes(delivery.status) ? delivery.made + 1 : undefined;
}

/** The result of an attempt; undefined until it is made. */
export type MadeAttempt = { readonly errorCode?: ErrorCode | undefined } | undefined;

export function attemptState(made: MadeAttempt): AttemptState {
  if (made === undefined) return 'pending';
  return made.errorCode === undefined ? 'success' : 'failed';
}

/** Whether an attempt has the outcome that was asked for. */
export function hasOutcome(made: MadeAttempt, outcome: AttemptOutcome): boolean {
  if (outcome === 'timeout') return made?.errorCode === 'timeout';
  if (outcome === 'error') {
    const code = made?.errorCode;
    return code !== undefined && code !== 'timeout' && code !== 'http_error';
  }
  return attemptState(made) === outcome;
}
