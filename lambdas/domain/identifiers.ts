import { createHash, randomBytes } from 'node:crypto';

/**
 * Identifiers that are addresses.
 *
 * An event and everything derived from it share one family of 128-bit identifiers, written as 32 hex digits:
 *
 * ```
 * 0190f3a2b4c5 7abc 8def 0123   0001     0002
 * └── time ──┘ └ version, ┘     delivery attempt
 *              variant, random  ordinal  ordinal
 * └──────── base (96 bits) ───┘
 * ```
 *
 * The base has the layout of a UUIDv7 (RFC 9562 §5.7), or of a UUIDv8 (§5.8) where it is derived from a caller's
 * idempotency key. The ordinals say which delivery or attempt an identifier means, so no index is needed to find it.
 */
export interface FamilyAddress {
  /** 24 hex digits shared by the event, its deliveries and their attempts. */
  readonly base: string;
  /** 0 for the event itself, else the number of the delivery, from 1. */
  readonly ordinal: number;
  /** 0 for the event or delivery itself, else the number of the attempt, from 1. */
  readonly attempt: number;
}

/** The largest ordinal that 16 bits hold. */
export const MAX_ORDINAL = 0xffff;

const HEX_32 = /^[0-9a-f]{32}$/;

/** A new base: UUIDv7 layout over `now` (milliseconds since the epoch) and 42 random bits. */
export function newBase(now: number, random: Uint8Array = randomBytes(7)): string {
  const time = now.toString(16).padStart(12, '0');
  const noise = Buffer.from(random).toString('hex');
  return `${time}7${noise.slice(0, 3)}${variant(noise.slice(3, 4))}${noise.slice(4, 11)}`;
}

/** The base derived from `name`: UUIDv8 layout over its SHA-256. The same name always gives the same base. */
export function derivedBase(name: string): string {
  const hash = createHash('sha256').update(name).digest('hex');
  return `${hash.slice(0, 12)}8${hash.slice(12, 15)}${variant(hash.slice(15, 16))}${hash.slice(16, 23)}`;
}

/** Sets the two variant bits of RFC 9562 (`10`) in a hex digit. */
function variant(digit: string): string {
  return ((Number.parseInt(digit, 16) & 0x3) | 0x8).toString(16);
}

const hex4 = (value: number): string => value.toString(16).padStart(4, '0');

/** The 32 hex digits of an address, without prefix. */
export function familyHex({ base, ordinal, attempt }: FamilyAddress): string {
  return base + hex4(ordinal) + hex4(attempt);
}

/** `evt_…`, the event of a family. */
export const eventId = (base: string): string => `evt_${familyHex({ base, ordinal: 0, attempt: 0 })}`;

/** `dlv_…`, the delivery of an event with that ordinal. */
export const deliveryId = (base: string, ordinal: number): string => `dlv_${familyHex({ base, ordinal, attempt: 0 })}`;

/** `da_…`, attempt `attempt` of a delivery. */
export const attemptId = (base: string, ordinal: number, attempt: number): string =>
  `da_${familyHex({ base, ordinal, attempt })}`;

/** `dlq_…`, the dead letter that a delivery left when `attempt` was its last. */
export const deadLetterId = (base: string, ordinal: number, attempt: number): string =>
  `dlq_${familyHex({ base, ordinal, attempt })}`;

/** The same 128 bits in the format of a UUID. */
export function toUuid(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/**
 * Reads an address from an identifier, with or without `prefix`, with or without the dashes of a UUID.
 *
 * @returns the address, or undefined if the text is not a family identifier or has another prefix
 */
export function parseFamilyId(text: string, prefix: 'evt' | 'dlv' | 'da' | 'dlq'): FamilyAddress | undefined {
  const hex = (text.startsWith(`${prefix}_`) ? text.slice(prefix.length + 1) : text).replaceAll('-', '').toLowerCase();
  if (!HEX_32.test(hex)) return undefined;
  const ordinal = Number.parseInt(hex.slice(24, 28), 16);
  const attempt = Number.parseInt(hex.slice(28), 16);
  const address = { base: hex.slice(0, 24), ordinal, attempt };
  return fits(address, prefix) ? address : undefined;
}

function fits({ ordinal, attempt }: FamilyAddress, prefix: 'evt' | 'dlv' | 'da' | 'dlq'): boolean {
  if (prefix === 'evt') return ordinal === 0 && attempt === 0;
  if (prefix === 'dlv') return ordinal > 0 && attempt === 0;
  return ordinal > 0 && attempt > 0;
}

/** Prefixes of configuration identifiers, which are not addresses. */
export type ConfigurationPrefix = 'src' | 'dst' | 'con' | 'org' | 'env' | 'key' | 'rec';

/** A new identifier of configuration: prefix and the hex digits of a UUIDv7. */
export function newConfigurationId(prefix: ConfigurationPrefix, now: number): string {
  return `${prefix}_${newBase(now)}${randomBytes(4).toString('hex')}`;
}

/** Whether `text` has the form of an identifier of that kind of configuration. */
export function isConfigurationId(text: string, prefix: ConfigurationPrefix): boolean {
  return text.startsWith(`${prefix}_`) && HEX_32.test(text.slice(prefix.length + 1));
}

/** A configuration identifier in the format of a UUID. */
export const configurationUuid = (id: string): string => toUuid(id.slice(id.indexOf('_') + 1));

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Reads a configuration identifier with its prefix, or in the format of a UUID. */
export function fromConfigurationUuid(text: string, prefix: ConfigurationPrefix): string {
  return UUID.test(text) ? `${prefix}_${text.replaceAll('-', '').toLowerCase()}` : text;
}
