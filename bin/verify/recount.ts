import { latencyOf } from '../../lambdas/functions/aggregate/readings';
import {
  bucketSk,
  bucketStart,
  type Subject,
  statisticsPk,
  WIDTHS,
  type Width,
} from '../../lambdas/statistics/buckets';
import { ATTRIBUTES, countOf, readCounts, readNumber } from '../../lambdas/statistics/counts';
import { Histogram } from '../../lambdas/statistics/histogram';
import type { Delivery } from '../../lambdas/store/deliveries/delivery-items';
import type { Row } from './comparison';
import type { Contents } from './scan';

type Tally = Map<string, number>;

const increase = (tally: Tally, name: string, amount = 1): void =>
  void tally.set(name, (tally.get(name) ?? 0) + amount);

const subjectsOf = ({ environment, destination }: { readonly environment: string; readonly destination: string }) => {
  const subjects: Subject[] = [{ environment }, { destination }];
  return subjects.map(statisticsPk);
};

/** Compares the lifetime counts with a count of the items. */
export function compareLifetimes({ deliveries, events, deadLetters, counters }: Contents): Row[] {
  const counted: Tally = new Map();
  for (const delivery of deliveries)
    for (const pk of subjectsOf(delivery)) increase(counted, `${pk} LIFE ${countOf(delivery.status)}`);
  for (const letter of deadLetters) for (const pk of subjectsOf(letter)) increase(counted, `${pk} LIFE dead`);
  for (const { environment } of events) increase(counted, `${statisticsPk({ environment })} LIFE events`);
  const found: Tally = new Map();
  for (const [name, item] of counters) {
    if (!name.endsWith(' LIFE')) continue;
    for (const [count, number] of Object.entries(readCounts(item))) increase(found, `${name} ${count}`, number);
    increase(found, `${name} dead`, readNumber(item, ATTRIBUTES.dead));
    if (name.startsWith('STAT#ENV#')) increase(found, `${name} events`, readNumber(item, ATTRIBUTES.events));
  }
  return rowsOf(counted, found);
}

/**
 * Compares the buckets of the last days with a count of the deliveries by creation time.
 *
 * @param since milliseconds since the epoch; deliveries that were made before may have been removed since, and buckets keep
 * them
 */
export function compareBuckets(contents: Contents, width: Width, since: number): Row[] {
  const counted: Tally = new Map();
  const wanted = ({ createdAt }: Delivery) => Date.parse(createdAt) >= since;
  for (const delivery of contents.deliveries.filter(wanted)) countInBucket(counted, delivery, width);
  const found: Tally = new Map();
  for (const [name, item] of contents.counters) {
    const sk = String(item.sk);
    if (!sk.startsWith(WIDTHS[width].prefix) || bucketStart(width, sk) < since) continue;
    for (const [count, number] of Object.entries(readCounts(item))) increase(found, `${name} ${count}`, number);
    const latencies = new Histogram();
    latencies.add(item);
    increase(found, `${name} latencies`, latencies.count);
    increase(found, `${name} sum of latencies`, readNumber(item, ATTRIBUTES.latencySum));
  }
  return rowsOf(counted, found);
}

/**
 * Compares how many events of each hour were routed with a count of first deliveries by the time of their event.
 *
 * @param since milliseconds since the epoch, as for the buckets
 */
export function compareRouting({ deliveries, counters }: Contents, since: number): Row[] {
  const [counted, found]: [Tally, Tally] = [new Map(), new Map()];
  for (const { ordinal, environment, createdAt, receivedAt = createdAt } of deliveries) {
    if (ordinal !== 1 || Date.parse(receivedAt) < since) continue;
    increase(counted, `${statisticsPk({ environment })} ${bucketSk('hour', Date.parse(receivedAt))} routed`);
  }
  for (const [name, item] of counters) {
    const sk = String(item.sk);
    if (!sk.startsWith(WIDTHS.hour.prefix) || bucketStart('hour', sk) < since) continue;
    increase(found, `${name} routed`, readNumber(item, ATTRIBUTES.routed));
  }
  return rowsOf(counted, found);
}

function countInBucket(counted: Tally, delivery: Delivery, width: Width): void {
  const sk = bucketSk(width, Date.parse(delivery.createdAt));
  const latency = latencyOf(delivery);
  for (const pk of subjectsOf(delivery)) {
    increase(counted, `${pk} ${sk} ${countOf(delivery.status)}`);
    if (latency === undefined) continue;
    increase(counted, `${pk} ${sk} latencies`);
    increase(counted, `${pk} ${sk} sum of latencies`, latency);
  }
}

function rowsOf(counted: Tally, found: Tally): Row[] {
  const names = [...new Set([...counted.keys(), ...found.keys()])].sort();
  return names
    .map((what) => ({ what, expected: counted.get(what) ?? 0, found: found.get(what) ?? 0 }))
    .filter(({ expected, found }) => expected !== 0 || found !== 0);
}
