import type { Units } from '../meters/capacity';
import type { Reading } from '../meters/meter';
import type { Prices } from '../prices/prices';
import { type Bill, billFor, egressPrice, scaled, storagePrice, totalOf } from './bill';
import { unitsIn } from './budgets';
import type { BatchSizes } from './pollers';
import type { Measured } from './run-scenario';
import type { Scenario } from './scenarios';

/** What a scenario came to. */
export interface Result {
  readonly name: string;
  readonly scenario: Scenario;
  readonly sizes: BatchSizes;
  readonly deliveries: number;
  readonly reading: Reading;
  /** For one delivery. */
  readonly units: Units;
  /** Bytes that one delivery takes in the table and in its indexes. */
  readonly storedBytes: number;
  /** Bytes that are sent to the internet for one delivery. */
  readonly sentBytes: number;
  /** For a million deliveries, in dollars, like all that follows. */
  readonly bill: Bill;
  readonly dollars: number;
  /** Of keeping them for as long as they are kept. */
  readonly storage: number;
  readonly egress: number;
}

/** What of the template has a price. */
export interface PricedSettings {
  readonly accessLogBytes: number;
  readonly retentionDays: number;
}

const MILLION = 1_000_000;

/** What TCP and TLS add to a request, with a handshake for each as where connections are not kept, in bytes. */
const CONNECTION_BYTES = 1024;

/** What they add to the answer of a call over a connection that is kept. */
const ANSWER_BYTES = 300;

export function resultOf(
  scenario: Scenario,
  sizes: BatchSizes,
  { reading, stored, sentBytes }: Measured,
  prices: Prices,
  { accessLogBytes, retentionDays }: PricedSettings,
): Result {
  const deliveries = scenario.events * scenario.destinations;
  const { write, read } = unitsIn(reading);
  const bill = scaled(billFor(reading, prices, accessLogBytes), MILLION / deliveries);
  const requests = deliveries * scenario.attempts;
  const sent = sentBytes + requests * CONNECTION_BYTES + reading.apiCalls * ANSWER_BYTES;
  return {
    ...{ name: scenario.name, scenario, sizes, deliveries, reading },
    units: { write: write / deliveries, read: read / deliveries },
    storedBytes: (stored.table + stored.indexes) / deliveries,
    sentBytes: sent / deliveries,
    bill,
    dollars: totalOf(bill),
    storage: (storagePrice(stored, retentionDays, prices) * MILLION) / deliveries,
    egress: (egressPrice(sent, prices) * MILLION) / deliveries,
  };
}

/** A month of so many million deliveries, in dollars. */
export interface Month {
  readonly millions: number;
  /** What it costs anyhow. */
  readonly idle: number;
  /** Metrics that only a stack writes which delivers. */
  readonly metrics: number;
  readonly deliveries: number;
  readonly storage: number;
  readonly egress: number;
}

/**
 * What a month costs once as much expires as comes in.
 *
 * @param idle what a stack costs in which nothing happens
 * @param idleMetrics the metrics that such a stack writes
 */
export function monthOf(
  millions: number,
  { reading, dollars, storage, egress }: Result,
  idle: number,
  idleMetrics: readonly string[],
  prices: Prices,
): Month {
  const more = reading.metrics.filter((name) => !idleMetrics.includes(name));
  return {
    ...{ millions, idle },
    metrics: more.length * prices.customMetric,
    deliveries: millions * dollars,
    storage: millions * storage,
    egress: millions * egress,
  };
}

export const monthTotal = ({ idle, metrics, deliveries, storage, egress }: Month): number =>
  idle + metrics + deliveries + storage + egress;
