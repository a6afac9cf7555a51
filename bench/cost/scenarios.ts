import type { Api } from '../support/api';
import { base64Payload, orderPayload } from '../support/payloads';
import type { ReceiverOptions } from '../support/receiver';
import type { Budget } from './budgets';
import { BATCH_BUDGET, DELIVERY_BUDGET } from './budgets';

/** How events get in. */
export type Way = 'one by one' | 'in batches of 100';

export interface Scenario {
  readonly name: string;
  readonly events: number;
  readonly way: Way;
  readonly payload: () => object;
  readonly destinations: number;
  /** Attempts that each delivery comes to. */
  readonly attempts: number;
  readonly receiver: ReceiverOptions;
  /** Settings of the destinations. */
  readonly destination: object;
  /** Whether each event is done with before the next one comes, so that no batch has more than one. */
  readonly alone: boolean;
  readonly budget?: Budget;
}

const KB = 1024;

/** What most receivers take; it is time that Lambda bills. */
export const ANSWER_MS = 100;

const firstTry: Omit<Scenario, 'name'> = {
  events: 300,
  way: 'one by one',
  payload: () => orderPayload(KB),
  destinations: 1,
  attempts: 1,
  receiver: { delayMs: ANSWER_MS },
  destination: {},
  alone: false,
};

/** The default schedule (5 s, 5 min, 30 min, 2 h) in seconds: two retries by SQS, two by the Scheduler. */
const SHORT_SCHEDULE = { retry_policy: { max_attempts: 5, schedule: [1, 1, 4, 4] } };

/**
 * The stack that is measured: as it is deployed, but with retries that can be waited for, two workers that send (more would
 * compete for the processors here), and without the repairs that run every minute, whatever is delivered. No breaker opens: a
 * failed attempt costs most where the next one is made, not where it waits.
 */
export const CONTEXT = {
  schedulerThresholdSeconds: 2,
  deliverMaxConcurrency: 2,
  sweepIntervalMinutes: 60,
  breakerThreshold: 10_000,
};

export const SCENARIOS: readonly Scenario[] = [
  { ...firstTry, name: 'first try, 1 KB', budget: DELIVERY_BUDGET },
  { ...firstTry, name: 'first try, 1 KB in batches', way: 'in batches of 100', budget: BATCH_BUDGET },
  { ...firstTry, name: 'first try, 1 KB of base64', payload: () => base64Payload(KB) },
  { ...firstTry, name: 'first try, 10 KB', events: 100, payload: () => orderPayload(10 * KB) },
  { ...firstTry, name: 'first try, 100 KB', events: 50, payload: () => orderPayload(100 * KB) },
  {
    ...firstTry,
    name: 'one retry',
    events: 100,
    attempts: 2,
    receiver: { delayMs: ANSWER_MS, statusOf: (visit) => (visit === 1 ? 500 : 200) },
    destination: SHORT_SCHEDULE,
  },
  {
    ...firstTry,
    name: 'exhausted after five',
    events: 50,
    attempts: 5,
    receiver: { delayMs: ANSWER_MS, statusOf: () => 500 },
    destination: SHORT_SCHEDULE,
  },
  { ...firstTry, name: 'fan-out 1 to 10', events: 30, destinations: 10 },
  { ...firstTry, name: 'fan-out 1 to 1,000', events: 1, destinations: 1000 },
  { ...firstTry, name: 'first try, 1 KB, quiet', events: 5, alone: true },
];

/** What functions and emulators do before anything is measured: what has just started compiles while it runs. */
export const WARM_UP: Scenario = { ...firstTry, name: 'warm-up', way: 'in batches of 100' };

/**
 * Whether a scenario has so many destinations that what warm functions remember is nothing beside them. Such a scenario has
 * a stack of its own: the emulator takes twice the time beside what others have left.
 */
export const isVast = ({ destinations }: Scenario): boolean => destinations > 10;

/** The events of a scenario, in the calls that publish them. */
export function callsOf({ events, way, payload }: Scenario): ((api: Api) => Promise<unknown>)[] {
  const event = () => ({ type: 'order.created', payload: payload() });
  if (way === 'one by one') return Array.from({ length: events }, () => (api) => api.post('/v1/events', event()));
  return Array.from({ length: Math.ceil(events / 100) }, () => {
    return (api) => api.post('/v1/events/batch', { events: Array.from({ length: 100 }, event) });
  });
}
