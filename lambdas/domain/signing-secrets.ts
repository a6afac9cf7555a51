/** An earlier signing secret that still signs besides the newest one. */
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

/** At most this many sign besides the newest secret, because each adds a signature to a header of every request. */
export const MAX_RETIRING = 4;

/** How long a warm worker may use the copy of a destination that it has read: after a rotation, and after a pause as well. */
export const DESTINATION_COPY_MS = 5_000;

/** No overlap is shorter. By its end every worker has read the new secret, so none signs by an ended one alone. */
export const SHORTEST_OVERLAP_SECONDS = 10;

/** The earlier secrets that still sign. */
export function unended({ retiringSecrets = [] }: SigningSecrets, now: number): RetiringSecret[] {
  return retiringSecrets.filter(({ until }) => Date.parse(until) > now);
}

/** The secrets that sign at a given time, newest first. One whose time is over does not, even if it is still stored. */
export function activeSecrets(secrets: SigningSecrets, now: number): string[] {
  return [...secrets.signingSecrets, ...unended(secrets, now).map(({ secret }) => secret)];
}

/** The earlier of two ISO 8601 times. */
const sooner = (one: string, other: string): string => [one, other].sort()[0] ?? one;

/** When the overlap of a rotation ends, ISO 8601. */
export const overlapEnd = (overlapSeconds: number, now: number): string =>
  new Date(now + Math.max(overlapSeconds, SHORTEST_OVERLAP_SECONDS) * 1000).toISOString();

/**
 * The secrets after a rotation. Every earlier secret signs until the overlap ends, but never longer than an earlier
 * rotation promised.
 *
 * @param overlapSeconds at least {@link SHORTEST_OVERLAP_SECONDS} are given; 0 also drops all but the latest earlier secret
 * @param now milliseconds since the epoch
 * @returns undefined when more earlier secrets would be left than {@link MAX_RETIRING}
 */
export function rotated(
  secrets: SigningSecrets,
  newest: string,
  overlapSeconds: number,
  now: number,
): RotatedSecrets | undefined {
  const end = overlapEnd(overlapSeconds, now);
  const current = secrets.signingSecrets.map((secret) => ({ secret, until: end }));
  const earlier = unended(secrets, now).map(({ secret, until }) => ({ secret, until: sooner(until, end) }));
  const retiringSecrets = overlapSeconds === 0 ? current : [...current, ...earlier];
  return retiringSecrets.length > MAX_RETIRING ? undefined : { signingSecrets: [newest], retiringSecrets };
}
