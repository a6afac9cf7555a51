import { createHash } from 'node:crypto';

/** The URLs of a destination. */
export interface Targeted {
  readonly url: string;
  readonly mirrorUrls?: readonly string[] | undefined;
}

/** Identifies a target within a delivery: 72 bits of the SHA-256 of its URL, however long that is. */
export const targetMark = (url: string): string => createHash('sha256').update(url).digest('base64url').slice(0, 12);

/** Whether a destination has more targets than its `url`. */
export const hasMirrors = (destination: Targeted | undefined): boolean => (destination?.mirrorUrls?.length ?? 0) > 0;

/** All targets of a destination, each once: its URL, then its mirrors. */
export const targetsOf = ({ url, mirrorUrls = [] }: Targeted): string[] => [...new Set([url, ...mirrorUrls])];

/**
 * The targets that an attempt is sent to: those that have not accepted yet. A target is identified by its URL, so one
 * that is added later is sent to, and one that is removed is no longer waited for.
 */
export function openTargets(destination: Targeted, accepted: readonly string[] = []): string[] {
  return targetsOf(destination).filter((url) => !accepted.includes(targetMark(url)));
}
