import type { Api } from '../support/api';
import { base64Payload, orderPayload } from '../support/payloads';
import type { ReceiverOptions } from '../support/receiver';
import type { Budget } from './budgets';
import type { Load } from './pollers';
import { CDN, WEB_SERVER } from './receivers';

export interface Scenario {
  readonly name: string;
  /** Deliveries a second: batches are as full as AWS's pollers would make them. */
  readonly rate: number;
  /** How far the model of the pollers is off: see `batchSizes`. */
  readonly factor: number;
  readonly events: number;
  /** Events that one call publishes. */
  readonly atOnce: number;
  readonly payload: () => object;
  readonly destinations: number;
  /** Attempts that each delivery comes to. */
  readonly attempts: number;
  readonly receiver: ReceiverOptions & { readonly delayMs: number };
  /** Settings of the destinations. */
  readonly destination: object;
  readonly budget?: Budget;
}

const KB = 1024;

/** A busy stack, of which the headline is. */
const BUSY = 200;

/** So seldom that what functions remember is forgotten before the next event comes. */
const ONE_A_MINUTE = 1 / 60;

const SECONDS_A_MONTH = (365 / 12) * 24 * 3600;

/** Deliveries a second, evenly spread, if there are so many million a month. */
const monthly = (millions: number): number => (millions * 1_000_000) / SECONDS_A_MONTH;

/** What most receivers take; it is time that Lambda bills. */
const ANSWER_MS = 100;

const firstTry: Omit<Scenario, 'name'> = {
  rate: BUSY,
  factor: 1,
  events: 200,
  atOnce: 1,
  payload: () => orderPayload(KB),
  destinations: 1,
  attempts: 1,
  receiver: { delayMs: ANSWER_MS, headers: WEB_SERVER },
  destination: {},
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

const failing = (headers: ReceiverOptions['headers'], statusOf: (visit: number) => number) => ({
  receiver: { delayMs: ANSWER_MS, ...(headers && { headers }), statusOf },
  destination: SHORT_SCHEDULE,
});

const failsOnce = (visit: number) => (visit === 1 ? 500 : 200);

/** What others are compared with. */
export const HEADLINE = 'first try, 1 KB';
export const ONE_RETRY = 'one retry';

/** Months of so many million deliveries, and the scenarios that tell what one costs at that rate. */
export const MONTHS: readonly { readonly millions: number; readonly scenario: string }[] = [
  { millions: 0.01, scenario: 'one a minute' },
  { millions: 1, scenario: '0.4/s' },
  { millions: 10, scenario: '4/s' },
  { millions: 100, scenario: '38/s' },
];

/** Scenarios with batches as the model has them, and how those are called that have other ones. */
export const SENSITIVE: readonly { readonly rate: string; readonly scenario: string }[] = [
  { rate: '200/s', scenario: HEADLINE },
  { rate: '20/s', scenario: '20/s' },
];

export const SCENARIOS: readonly Scenario[] = [
  { ...firstTry, name: HEADLINE, budget: { dollars: 7.71, target: 6.3 } },
  { ...firstTry, name: 'first try, in batches of 100', atOnce: 100, budget: { dollars: 5.66, target: 4.75 } },
  { ...firstTry, name: 'first try, behind a CDN', receiver: { delayMs: ANSWER_MS, headers: CDN } },
  { ...firstTry, name: 'first try, answered in 300 ms', events: 100, receiver: { delayMs: 300, headers: WEB_SERVER } },
  { ...firstTry, name: 'first try, 1 KB of base64', events: 100, payload: () => base64Payload(KB) },
  { ...firstTry, name: 'first try, 10 KB', events: 100, payload: () => orderPayload(10 * KB) },
  { ...firstTry, name: 'first try, 100 KB', events: 50, payload: () => orderPayload(100 * KB) },
  {
    ...firstTry,
    ...failing(WEB_SERVER, failsOnce),
    name: ONE_RETRY,
    events: 60,
    attempts: 2,
    budget: { dollars: 19.22, target: 11.8 },
  },
  { ...firstTry, name: 'one retry, behind a CDN', events: 60, attempts: 2, ...failing(CDN, failsOnce) },
  {
    ...firstTry,
    ...failing(WEB_SERVER, () => 500),
    name: 'exhausted after five',
    events: 50,
    attempts: 5,
    budget: { dollars: 62.43, target: 36 },
  },
  { ...firstTry, name: 'fan-out 1 to 10', events: 20, destinations: 10 },
  { ...firstTry, name: 'fan-out 1 to 1,000', events: 1, destinations: 1000 },
  { ...firstTry, name: 'saturated', rate: Number.POSITIVE_INFINITY },
  { ...firstTry, name: '38/s', rate: monthly(100), events: 57 },
  { ...firstTry, name: '20/s', rate: 20, events: 60, budget: { dollars: 10.58, target: 8.5 } },
  { ...firstTry, name: '4/s', rate: monthly(10), events: 11 },
  { ...firstTry, name: '0.4/s', rate: monthly(1), events: 5 },
  { ...firstTry, name: 'one a minute', rate: ONE_A_MINUTE, events: 1, budget: { dollars: 20.9, target: 15.5 } },
  { ...firstTry, name: '200/s, batches 50 % smaller', factor: 0.5, events: 100 },
  { ...firstTry, name: '200/s, batches 50 % larger', factor: 1.5, events: 100 },
  { ...firstTry, name: '20/s, batches 50 % smaller', rate: 20, factor: 0.5, events: 30 },
  { ...firstTry, name: '20/s, batches 50 % larger', rate: 20, factor: 1.5, events: 45 },
];

/** What the first retry may cost on top of a first try. */
export const RETRY_BUDGET: Budget = { dollars: 11.51, target: 5.5 };

/** What a stack may cost a month in which nothing happens, with all alarms. */
export const IDLE_BUDGET: Budget = { dollars: 3.47, target: 3.6 };

/** What functions and emulators do before anything is measured: what has just started compiles while it runs. */
export const WARM_UP: Scenario = { ...firstTry, name: 'warm-up', atOnce: 100 };

/**
 * Whether a scenario has so many destinations that what warm functions remember is nothing beside them. Such a scenario has
 * a stack of its own: the emulator takes twice the time beside what others have left.
 */
export const isVast = ({ destinations }: Scenario): boolean => destinations > 10;

/** What a scenario is of, in the words of the model. */
export const loadOf = ({ rate, atOnce, destinations, attempts, receiver }: Scenario): Load => ({
  eventsPerSecond: rate / destinations,
  atOnce,
  deliveriesAnEvent: destinations,
  attempts,
  countedAnEvent: 1 + countedADelivery(attempts, receiver) * destinations,
  answerMs: receiver.delayMs,
});

/** A delivery begins and ends, each attempt that fails before the last begins and ends a wait, and a death is a record more. */
function countedADelivery(attempts: number, { statusOf = () => 200 }: ReceiverOptions): number {
  return 2 * attempts + (statusOf(attempts) < 300 ? 0 : 1);
}

/** Whether functions have forgotten what they remembered when the next event comes. */
export const isForgotten = ({ rate }: Scenario): boolean => rate <= ONE_A_MINUTE;

/** Calls that publish some events of a scenario. */
export function callsFor(events: number, { atOnce, payload }: Scenario): ((api: Api) => Promise<unknown>)[] {
  const event = () => ({ type: 'order.created', payload: payload() });
  if (atOnce === 1) return Array.from({ length: events }, () => (api) => api.post('/v1/events', event()));
  return Array.from({ length: Math.ceil(events / atOnce) }, (_, call) => {
    const count = Math.min(atOnce, events - call * atOnce);
    return (api) => api.post('/v1/events/batch', { events: Array.from({ length: count }, event) });
  });
}
