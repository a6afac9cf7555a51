import { createHash } from 'node:crypto';

/** What of a destination says where its events go. */
export interface Targeted {
  readonly url: string;
  readonly mirrorUrls?: readonly string[] | undefined;
}

/** Stands for a target in a delivery: 72 bits of the SHA-256 of its URL, whose length does not matter then. */
export const targetMark = (url: string): string => createHash('sha256').update(url).digest('base64url').slice(0, 12);

/** Whether a destination has more targets than its URL. */
export const hasMirrors = (destination: Targeted | undefined): boolean => (destination?.mirrorUrls?.length ?? 0) > 0;

/** All targets of a destination, each once: its URL, then its mirrors. */
export const targetsOf = ({ url, mirrorUrls = [] }: Targeted): string[] => [...new Set([url, ...mirrorUrls])];

/**
 * The targets that an attempt is sent to: those that have not accepted yet. A target is known by its URL, so a new one that
 * was added to the list is sent to, and one that was taken off it is not waited for.
 */
export function openTargets(destination: Targeted, accepted: readonly string[] = []): string[] {
  return targetsOf(destination).filter((url) => !accepted.includes(targetMark(url)));
}
