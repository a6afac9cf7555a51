import { derivedBase, familyHex } from '../../domain/identifiers';

/** Where an item lives. */
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

const hex4 = (value: number): string => value.toString(16).padStart(4, '0');

const family = (base: string): string => `EVT#${base}`;

/** The event; its deliveries, attempts and dead letters share its partition, so one query reads them all. */
export const eventKey = (base: string): Key => ({ pk: family(base), sk: 'EVT' });

/** Prefix of the sort keys of deliveries and of all that belongs to them. */
export const DELIVERY_PREFIX = 'DLV#';

export const deliveryKey = (base: string, ordinal: number): Key => ({
  pk: family(base),
  sk: `${DELIVERY_PREFIX}${hex4(ordinal)}`,
});

/** An attempt after the first; the first is part of its delivery's item. */
export const attemptKey = (base: string, ordinal: number, attempt: number): Key => ({
  pk: family(base),
  sk: `${DELIVERY_PREFIX}${hex4(ordinal)}#ATT#${hex4(attempt)}`,
});

/** What names a dead letter: the attempt is the one that the delivery died on. */
export interface DeadLetterAddress {
  readonly base: string;
  readonly ordinal: number;
  readonly attempt: number;
}

export const deadLetterKey = (base: string, ordinal: number, attempt: number): Key => ({
  pk: family(base),
  sk: `${DELIVERY_PREFIX}${hex4(ordinal)}#DLQ#${hex4(attempt)}`,
});

/** Base and ordinal of a delivery's key, or undefined for any other item of the family. */
export function readDeliveryKey({ pk, sk }: Key): { base: string; ordinal: number } | undefined {
  const match = /^DLV#([0-9a-f]{4})$/.exec(sk);
  if (!match?.[1] || !pk.startsWith('EVT#')) return undefined;
  return { base: pk.slice(4), ordinal: Number.parseInt(match[1], 16) };
}

/** What a sort key under a delivery means: the delivery itself, a later attempt, or the dead letter of an attempt. */
export interface FamilyItem {
  readonly base: string;
  readonly ordinal: number;
  readonly kind: 'DLV' | 'ATT' | 'DLQ';
  /** The attempt; 1 for the delivery itself, which holds its first one. */
  readonly attempt: number;
}

/** Reads the key of a delivery or of an item that belongs to one; undefined for any other item. */
export function readFamilyKey({ pk, sk }: Key): FamilyItem | undefined {
  const match = /^DLV#([0-9a-f]{4})(?:#(ATT|DLQ)#([0-9a-f]{4}))?$/.exec(sk);
  if (!match?.[1] || !pk.startsWith('EVT#')) return undefined;
  const kind = match[2] === 'ATT' || match[2] === 'DLQ' ? match[2] : 'DLV';
  const [ordinal, attempt] = [Number.parseInt(match[1], 16), Number.parseInt(match[3] ?? '1', 16)];
  return { base: pk.slice(4), ordinal, kind, attempt };
}

/** Configuration of an environment. */
export const environmentPk = (environment: string): string => `ENV#${environment}`;
export const sourceKey = (environment: string, id: string): Key => ({
  pk: environmentPk(environment),
  sk: `SRC#${id}`,
});
export const destinationKey = (environment: string, id: string): Key => ({
  pk: environmentPk(environment),
  sk: `DST#${id}`,
});
export const connectionKey = (environment: string, id: string): Key => ({
  pk: environmentPk(environment),
  sk: `CON#${id}`,
});

/** What is kept of deleted configuration; lists of live configuration do not read it. */
export const removedConfigurationKey = (environment: string, id: string): Key => ({
  pk: environmentPk(environment),
  sk: `GONE#${id}`,
});

/** Says that deliveries wait for a destination that was deleted; the sweep looks for these. */
export const ORPHANS_PREFIX = 'PARKED#';
export const orphansKey = (environment: string, destination: string): Key => ({
  pk: environmentPk(environment),
  sk: `${ORPHANS_PREFIX}${destination}`,
});

/** Jobs that replay what a destination failed to take. */
export const RECOVERIES_PREFIX = 'REC#';
export const recoveryKey = (environment: string, id: string): Key => ({
  pk: environmentPk(environment),
  sk: `${RECOVERIES_PREFIX}${id}`,
});

/** Partition of the `attention` index with the open jobs of all environments. */
export const OPEN_RECOVERIES_PK = 'RECOVERIES';

/** How far the sweep has searched an environment. */
export const sweepKey = (environment: string): Key => ({ pk: environmentPk(environment), sk: 'SWEEP' });

/** Says which environment a source belongs to: ingest knows the source's id and nothing else. */
export const sourceAddressKey = (id: string): Key => ({ pk: `SRC#${id}`, sk: 'SRC' });

/** The use of a publisher's key for events with ids of their own, by the hash of its name. */
export const keyUseKey = (name: string): Key => ({ pk: `USE#${derivedBase(name)}`, sk: 'USE' });

/** Organizations by name, environments by name within their organization. */
export const organizationKey = (name: string): Key => ({ pk: 'ORGS', sk: name });
export const organizationPk = (organization: string): string => `ORG#${organization}`;
export const environmentKey = (organization: string, name: string): Key => ({
  pk: organizationPk(organization),
  sk: `ENV#${name}`,
});

/** An API key by the SHA-256 of its secret, and its entry in the organization's list. */
export const apiKeyKey = (hash: string): Key => ({ pk: `KEY#${hash}`, sk: 'KEY' });
export const apiKeyEntryKey = (organization: string, id: string): Key => ({
  pk: organizationPk(organization),
  sk: `KEY#${id}`,
});

/** A session by the SHA-256 of its token. */
export const sessionKey = (hash: string): Key => ({ pk: `SES#${hash}`, sk: 'SES' });

/** The tokens that calls with a key take. */
export const callBudgetKey = (keyId: string): Key => ({ pk: `RATE#${keyId}`, sk: 'RATE' });

/** The line of a destination with a rate limit, in requests a second. */
export const rateLimitKey = (destination: string, rate: number): Key => ({
  pk: `RATE#${destination}`,
  sk: `RATE#${rate}`,
});

/** The timeline's partition for a family: its shard is read from the random end of the base. */
export function shardOf(base: string, shards: number): number {
  return Number.parseInt(base.slice(-4), 16) % shards;
}

/** Sort key of all indexes: creation time, then identifier, so that equal times stay in a fixed order. */
export function timeKey(at: string, base: string, ordinal = 0, attempt = 0): string {
  return `${at}#${familyHex({ base, ordinal, attempt })}`;
}

export type TimelineKind = 'EVT' | 'DLV' | 'ATT';

/** Partition of the `timeline` index. */
export const timelinePk = (environment: string, kind: TimelineKind, shard: number): string =>
  `ENV#${environment}#${kind}#${shard}`;

/** Partition of the `by-destination` index. */
export const byDestinationPk = (destination: string, kind: 'DLV' | 'ATT' | 'DLQ'): string =>
  `DST#${destination}#${kind}`;

/**
 * Partition of the `attention` index with what is parked for a destination, so that draining one reads nothing of
 * others. It is not sharded, like the destination's own timeline.
 */
export const parkedPk = (destination: string): string => `DST#${destination}#PARKED`;

/** Partition of the `attention` index: a rare status other than `circuit_open`, or `dead` for open dead letters. */
export const attentionPk = (environment: string, status: string, shard: number): string =>
  `ENV#${environment}#${status}#${shard}`;
