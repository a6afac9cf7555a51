/** The eight statuses of a delivery, named as on the Hookbase surface, which shows them all. */
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
 * Every allowed change of a delivery's status. Conditional writes are built from this table, so a transition that is
 * not here cannot be written.
 *
 * - `refuse` is what the schema of a connection does, before anything is sent.
 * - `claim` and `park` also take over a `sent` delivery whose claim has expired: its worker is gone.
 * - `retry` and `redrive` start a new round of attempts; `resume` continues a parked round, `enqueueAgain` one whose
 *   next message was lost, `enqueueStranded` one whose current message was lost. All five put the delivery back to
 *   `pending`, and the table's stream does the rest: the writer need not enqueue anything.
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

/** Statuses of a delivery that has run out of attempts and left a dead letter, which may be closed by now. */
export const DEAD_STATUSES: readonly DeliveryStatus[] = TRANSITIONS.redrive.from;

/** The rare statuses, listed in the `attention` index so that finding them does not mean reading all the others. */
export const ATTENTION_STATUSES = ['retrying', 'failed', 'partial', 'circuit_open', 'schema_failed'] as const;

/** Whether a status is listed in the `attention` index. */
export function needsAttention(status: DeliveryStatus): boolean {
  return (ATTENTION_STATUSES as readonly DeliveryStatus[]).includes(status);
}

/** Why an attempt was made. */
export const TRIGGERS = ['auto', 'retry', 'manual', 'requeue', 'redrive', 'replay'] as const;
export type Trigger = (typeof TRIGGERS)[number];

/** The trigger of an attempt: the first of a round has the round's cause, each later one is an automatic retry. */
export function triggerOf(cause: Trigger, attemptInRound: number): Trigger {
  return attemptInRound <= 1 ? cause : 'retry';
}
