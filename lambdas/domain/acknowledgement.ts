/** Every possible outcome of a message, once it is recorded. */
export type MessageOutcome =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'retry-scheduled' }
  | { readonly kind: 'died' }
  | { readonly kind: 'dying' }
  | { readonly kind: 'parked' }
  | { readonly kind: 'redriven' }
  | { readonly kind: 'retry-ensured' }
  | { readonly kind: 'dropped'; readonly why: 'gone' | 'settled' | 'parked' | 'stale' }
  /** On its last receive a message is replaced by a fresh copy, so that SQS does not move it unrecorded. */
  | { readonly kind: 'renewed' }
  /** A new message waits for its turn. */
  | { readonly kind: 'rate-limited'; readonly until: number }
  | { readonly kind: 'busy'; readonly until: number }
  | { readonly kind: 'claim-lost' };

/** What to tell the queue about a message. */
export type Acknowledgement =
  | { readonly kind: 'acknowledge' }
  /** Fail the message; it is visible again after `visibleAfterSeconds`, or when its visibility timeout ends. */
  | { readonly kind: 'leave'; readonly visibleAfterSeconds?: number };

/**
 * Acknowledge or leave. A message is acknowledged only when nothing is lost with it: its outcome is recorded, and what
 * follows is enqueued. A dying message is failed on purpose, again and again, until SQS itself moves it to the
 * dead-letter queue: only messages that SQS moved can be redriven. If SQS does not move it, it comes back slowly.
 *
 * @param now milliseconds since the epoch
 * @param overdue whether the message was received more often than the redrive policy allows
 */
export function acknowledgementOf(outcome: MessageOutcome, now: number, overdue = false): Acknowledgement {
  switch (outcome.kind) {
    case 'delivered':
    case 'retry-scheduled':
    case 'parked':
    case 'redriven':
    case 'retry-ensured':
    case 'dropped':
    case 'renewed':
    case 'rate-limited':
      return { kind: 'acknowledge' };
    case 'died':
    case 'dying':
      return overdue ? { kind: 'leave' } : { kind: 'leave', visibleAfterSeconds: 0 };
    case 'busy':
      return { kind: 'leave', visibleAfterSeconds: Math.max(1, Math.ceil((outcome.until - now) / 1000) + 1) };
    case 'claim-lost':
      return { kind: 'leave' };
    default:
      return outcome satisfies never;
  }
}
