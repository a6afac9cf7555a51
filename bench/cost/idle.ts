import type { Reading } from '../meters/meter';
import type { Prices } from '../prices/prices';
import { billFor, queuePrice, totalOf } from './bill';
import { WAITING } from './pollers';

/** What a stack costs in a month in which nothing happens, in dollars, by what it is for. */
export interface Idle {
  readonly alarms: number;
  readonly metrics: number;
  readonly pollers: number;
  readonly sweep: number;
}

const HOURS_A_MONTH = 730;

const RUNS_A_MONTH = HOURS_A_MONTH * 60;

/** As long as a long poll of SQS can be: Lambda's last so long. */
const LONG_POLL_SECONDS = 20;

/** Receives of Lambda's pollers that find nothing in a month. */
export const EMPTY_RECEIVES = (WAITING * HOURS_A_MONTH * 3600) / LONG_POLL_SECONDS;

/**
 * What a month costs in which nothing happens.
 *
 * @param alarmMetrics how many metrics the alarms watch
 * @param sweeps what some runs of the sweep did, which its schedule starts every minute
 * @param runs how many runs
 */
export function idleMonth(alarmMetrics: number, sweeps: Reading, runs: number, prices: Prices): Idle {
  return {
    alarms: alarmMetrics * prices.alarmMetric,
    metrics: sweeps.metrics.length * prices.customMetric,
    pollers: EMPTY_RECEIVES * queuePrice(prices),
    sweep: RUNS_A_MONTH * (totalOf(billFor(sweeps, prices, 0)) / runs + prices.schedule),
  };
}

export const idleTotal = (idle: Idle): number => Object.values(idle).reduce((sum, dollars) => sum + dollars, 0);
