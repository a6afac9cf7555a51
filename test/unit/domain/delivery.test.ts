import { describe, expect, it } from 'vitest';
import {
  allows,
  DEAD_STATUSES,
  DELIVERY_STATUSES,
  type DeliveryStatus,
  needsAttention,
  TRANSITIONS,
  TRIGGERS,
  type Transition,
  triggerOf,
} from '../../../lambdas/domain/delivery';

/** What may happen to a delivery in each state, spelled out once more and independently of the code. */
const MAY: Record<DeliveryStatus, readonly Transition[]> = {
  pending: ['refuse', 'claim', 'park', 'enqueueStranded'],
  sent: ['claim', 'deliver', 'reschedule', 'exhaust', 'exhaustPartly', 'park', 'enqueueStranded'],
  delivered: [],
  failed: ['retry', 'redrive'],
  retrying: ['claim', 'park', 'retry', 'enqueueAgain'],
  circuit_open: ['resume', 'retry'],
  schema_failed: ['retry'],
  partial: ['retry', 'redrive'],
};

const LEADS_TO: Record<Transition, DeliveryStatus> = {
  refuse: 'schema_failed',
  claim: 'sent',
  deliver: 'delivered',
  reschedule: 'retrying',
  exhaust: 'failed',
  exhaustPartly: 'partial',
  park: 'circuit_open',
  resume: 'pending',
  enqueueAgain: 'pending',
  enqueueStranded: 'pending',
  retry: 'pending',
  redrive: 'pending',
};

const everyCase = DELIVERY_STATUSES.flatMap((status) =>
  (Object.keys(TRANSITIONS) as Transition[]).map((transition) => ({ status, transition })),
);

describe('the states of a delivery', () => {
  it.each(everyCase)(
    '$transition from $status is allowed exactly where it is meant to be',
    ({ status, transition }) => {
      expect(allows(transition, status)).toBe(MAY[status].includes(transition));
    },
  );

  it('lead where they are meant to lead', () => {
    const leads = Object.fromEntries(Object.entries(TRANSITIONS).map(([name, { to }]) => [name, to]));
    expect(leads).toEqual(LEADS_TO);
  });

  it('let nothing more happen to what was delivered', () => {
    expect(Object.keys(TRANSITIONS).filter((one) => allows(one as Transition, 'delivered'))).toEqual([]);
  });

  it('call the ends that leave a dead letter dead', () => {
    expect([...DEAD_STATUSES].sort()).toEqual(['failed', 'partial']);
  });

  it('list the rare ones for attention, and never those of the happy path', () => {
    expect(DELIVERY_STATUSES.filter(needsAttention).sort()).toEqual(
      ['circuit_open', 'failed', 'partial', 'retrying', 'schema_failed'].sort(),
    );
  });
});

describe('the trigger of an attempt', () => {
  it.each(TRIGGERS)(
    'is the cause of the round (%s) for its first attempt, and a retry for every later one',
    (cause) => {
      expect(triggerOf(cause, 1)).toBe(cause);
      expect(triggerOf(cause, 2)).toBe('retry');
      expect(triggerOf(cause, 50)).toBe('retry');
    },
  );
});
