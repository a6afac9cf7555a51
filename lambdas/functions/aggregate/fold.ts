import { bucketEnd, bucketKey, lifetimeKey, type Subject, type Width } from '../../statistics/buckets';
import { ATTRIBUTES, countOf } from '../../statistics/counts';
import { binOf } from '../../statistics/histogram';
import type { ItemChange } from './item-changes';
import { latencyOf, type Reading, type Standing } from './readings';

/** Amounts by attribute. */
type Amounts = Record<string, number>;

/**
 * What one record changes. Each record subtracts what its old image counted and adds what its new one counts, so the
 * sum over all records of a delivery is its latest image, in whatever order they come.
 *
 * @param now milliseconds since the epoch; buckets that have already expired are skipped
 */
export function fold(reading: Reading, now: number): ItemChange[] {
  switch (reading.kind) {
    case 'delivery':
      return [...foldDelivery(reading.before, reading.after, now), ...foldRouting(reading, now)];
    case 'event':
      return foldEvent(reading.event, reading.change, now);
    case 'dead letter':
      return subjectsOf(reading.deadLetter).map((subject) => {
        return { key: lifetimeKey(subject), add: { [ATTRIBUTES.dead]: reading.change } };
      });
    case 'nothing':
      return [];
    default:
      return reading satisfies never;
  }
}

const subjectsOf = ({ env, dst }: { readonly env: string; readonly dst: string }): Subject[] => [
  { environment: env },
  { destination: dst },
];

function foldDelivery(before: Standing | undefined, after: Standing | undefined, now: number): ItemChange[] {
  const standing = after ?? before;
  if (!standing) return [];
  const moved = sum(counted(before, -1), counted(after, 1));
  const changes: ItemChange[] = subjectsOf(standing).map((subject) => ({ key: lifetimeKey(subject), add: moved }));
  if (after) {
    const inBucket = sum(moved, measured(before, -1), measured(after, 1));
    for (const subject of subjectsOf(after)) changes.push(...inBuckets(subject, after.createdAt, inBucket, now));
    changes.push(...activityOf(before, after));
  }
  return changes.filter(({ add, latest }) => latest || Object.values(add).some((amount) => amount !== 0));
}

/** An event counts as routed when its first delivery is made, in the bucket of the event. */
function foldRouting({ ordinal, before, after }: Extract<Reading, { readonly kind: 'delivery' }>, now: number) {
  if (ordinal !== 1 || before || !after) return [];
  const { env, createdAt, receivedAt = createdAt } = after;
  return inBucket({ environment: env }, 'hour', receivedAt, { [ATTRIBUTES.routed]: 1 }, now);
}

const counted = (standing: Standing | undefined, change: 1 | -1): Amounts =>
  standing ? { [ATTRIBUTES.count(countOf(standing.status))]: change } : {};

function measured(standing: Standing | undefined, change: 1 | -1): Amounts {
  const latency = standing && latencyOf(standing);
  if (latency === undefined) return {};
  return { [ATTRIBUTES.bin(binOf(latency))]: change, [ATTRIBUTES.latencySum]: change * latency };
}

function sum(...parts: readonly Amounts[]): Amounts {
  const total: Amounts = {};
  for (const [name, amount] of parts.flatMap((part) => Object.entries(part))) total[name] = (total[name] ?? 0) + amount;
  return total;
}

/** Changes go into the buckets of the creation time, however late they are, as long as those are kept. */
function inBuckets(subject: Subject, createdAt: string, add: Amounts, now: number): ItemChange[] {
  return (['minute', 'hour'] as const).flatMap((width) => inBucket(subject, width, createdAt, add, now));
}

function inBucket(subject: Subject, width: Width, createdAt: string, add: Amounts, now: number): ItemChange[] {
  const at = Date.parse(createdAt);
  const end = bucketEnd(width, at);
  if (end <= now) return [];
  return [{ key: bucketKey(subject, width, at), add, expiresAt: Math.ceil(end / 1000) }];
}

/** The activity that destinations and connections show. */
function activityOf(before: Standing | undefined, after: Standing): ItemChange[] {
  const { con, dst, createdAt, deliveredAt } = after;
  const key = lifetimeKey({ destination: dst });
  const made: ItemChange = {
    key,
    add: { [ATTRIBUTES.made]: 1, [ATTRIBUTES.of(con)]: 1 },
    latest: { [ATTRIBUTES.lastOf(con)]: createdAt },
  };
  const arrived = deliveredAt !== undefined && deliveredAt !== before?.deliveredAt;
  return [
    ...(before ? [] : [made]),
    ...(arrived ? [{ key, add: {}, latest: { [ATTRIBUTES.lastDelivered]: deliveredAt } }] : []),
  ];
}

type EventReading = Extract<Reading, { readonly kind: 'event' }>;

function foldEvent({ env, src, createdAt }: EventReading['event'], change: 1 | -1, now: number): ItemChange[] {
  const subject = { environment: env };
  const key = lifetimeKey(subject);
  const events = { [ATTRIBUTES.events]: change };
  if (change < 0) return [{ key, add: events }];
  const add = src === undefined ? events : { ...events, [ATTRIBUTES.of(src)]: 1 };
  const latest = src === undefined ? {} : { latest: { [ATTRIBUTES.lastOf(src)]: createdAt } };
  return [{ key, add, ...latest }, ...inBucket(subject, 'hour', createdAt, add, now)];
}
