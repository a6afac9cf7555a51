/** The eight states of a delivery, in the words of the Hookbase surface, which knows them all. */
export const DELIVERY_STATUSES = [
  'pending',
  'sent',
  'delivered',
  'failed',
  'retrying',
  'circuit_open',
  'schema_failed',
  'partial',
] as const;

export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/**
 * Everything that may happen to a delivery: from which states, to which. Conditional writes are built from this table,
 * so a transition that is not here cannot be written.
 *
 * - `refuse` is what the schema of a connection does, before anything is sent.
 * - `claim` and `park` also take over a `sent` delivery whose claim has expired: its worker is gone.
 * - `retry` and `redrive` start a fresh round of attempts; `resume` goes on with the round that was parked, `enqueueAgain`
 *   with one whose next message was lost, `enqueueStranded` with one whose present message is gone. All five put the
 *   delivery back to `pending`, and the table's stream does the rest: whoever wrote this need not enqueue anything.
 */
export const TRANSITIONS = {
  refuse: { from: ['pending'], to: 'schema_failed' },
  claim: { from: ['pending', 'retrying', 'sent'], to: 'sent' },
  deliver: { from: ['sent'], to: 'delivered' },
  reschedule: { from: ['sent'], to: 'retrying' },
  exhaust: { from: ['sent'], to: 'failed' },
  exhaustPartly: { from: ['sent'], to: 'partial' },
  park: { from: ['pending', 'retrying', 'sent'], to: 'circuit_open' },
  resume: { from: ['circuit_open'], to: 'pending' },
  enqueueAgain: { from: ['retrying'], to: 'pending' },
  enqueueStranded: { from: ['pending', 'sent'], to: 'pending' },
  retry: { from: ['failed', 'partial', 'circuit_open', 'schema_failed', 'retrying'], to: 'pending' },
  redrive: { from: ['failed', 'partial'], to: 'pending' },
} as const satisfies Record<string, { from: readonly DeliveryStatus[]; to: DeliveryStatus }>;

export type Transition = keyof typeof TRANSITIONS;

/** Whether a delivery in `status` may undergo `transition`. */
export function allows(transition: Transition, status: DeliveryStatus): boolean {
  return (TRANSITIONS[transition].from as readonly DeliveryStatus[]).includes(status);
}

/** States in which a delivery has come to its end and left, or may have left, a dead letter. */
export const DEAD_STATUSES: readonly DeliveryStatus[] = TRANSITIONS.redrive.from;

/** The rare states that the `attention` index lists, so that nobody reads the happy ones to find them. */
export const ATTENTION_STATUSES = ['retrying', 'failed', 'partial', 'circuit_open', 'schema_failed'] as const;

/** Whether a state is listed in the `attention` index. */
export function needsAttention(status: DeliveryStatus): boolean {
  return (ATTENTION_STATUSES as readonly DeliveryStatus[]).includes(status);
}

/** Why an attempt was made. */
export const TRIGGERS = ['auto', 'retry', 'manual', 'requeue', 'redrive', 'replay'] as const;
export type Trigger = (typeof TRIGGERS)[number];

/**
 * Why the next attempt of a round is made: the first attempt of a round bears the cause of the round, each later one
 * is an automatic retry.
 */
export function triggerOf(cause: Trigger, attemptInRound: number): Trigger {
  return attemptInRound <= 1 ? cause : 'retry';
}
