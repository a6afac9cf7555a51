/** A signing secret that still signs beside the newest one. */
export interface RetiringSecret {
  /** `whsec_…` */
  readonly secret: string;
  /** When it stops signing, ISO 8601. */
  readonly until: string;
}

/** The signing secrets of a destination. */
export interface SigningSecrets {
  /** `whsec_…`, the newest first. */
  readonly signingSecrets: readonly string[];
  /** Earlier ones, the newest first. */
  readonly retiringSecrets?: readonly RetiringSecret[] | undefined;
}

/** The same when both are known, as after a rotation. */
export interface RotatedSecrets extends SigningSecrets {
  readonly retiringSecrets: readonly RetiringSecret[];
}

/** Each signature lengthens a header of every request, so that no more than these sign beside the newest secret. */
export const MAX_RETIRING = 4;

/** The earlier secrets that have not ended yet. */
export function unended({ retiringSecrets = [] }: SigningSecrets, now: number): RetiringSecret[] {
  return retiringSecrets.filter(({ until }) => Date.parse(until) > now);
}

/** The secrets that sign at a moment, the newest first. One that has ended does not, although it may still be stored. */
export function activeSecrets(secrets: SigningSecrets, now: number): string[] {
  return [...secrets.signingSecrets, ...unended(secrets, now).map(({ secret }) => secret)];
}

/** The sooner of two times as ISO 8601 writes them. */
const sooner = (one: string, other: string): string => [one, other].sort()[0] ?? one;

/**
 * The secrets after a rotation. Every earlier secret goes on signing until the overlap ends, but no longer than it had
 * been given before: what an earlier rotation promised to end at a time ends then.
 *
 * @param overlapSeconds 0 ends every earlier secret at once
 * @param now milliseconds since the epoch
 * @returns undefined when more earlier secrets would be left than {@link MAX_RETIRING}
 */
export function rotated(
  secrets: SigningSecrets,
  newest: string,
  overlapSeconds: number,
  now: number,
): RotatedSecrets | undefined {
  const end = new Date(now + overlapSeconds * 1000).toISOString();
  const current = secrets.signingSecrets.map((secret) => ({ secret, until: end }));
  const earlier = unended(secrets, now).map(({ secret, until }) => ({ secret, until: sooner(until, end) }));
  const retiringSecrets = overlapSeconds === 0 ? [] : [...current, ...earlier];
  return retiringSecrets.length > MAX_RETIRING ? undefined : { signingSecrets: [newest], retiringSecrets };
}
