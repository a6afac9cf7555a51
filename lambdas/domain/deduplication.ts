import { createHash } from 'node:crypto';

export const DEDUP_STRATEGIES = ['header', 'body'] as const;

/** How a source recognizes what it has taken already. */
export interface Deduplication {
  readonly strategy: (typeof DEDUP_STRATEGIES)[number];
  /** The header whose value names an event, in lower case; with that strategy only. */
  readonly header?: string | undefined;
  /** How long an event is remembered. */
  readonly windowSeconds: number;
}

export const DEFAULT_DEDUP_WINDOW_SECONDS = 300;

/** A week: less than events are kept, so that what a repetition repeats can still be read. */
export const MAX_DEDUP_WINDOW_SECONDS = 604_800;

/**
 * By what a request is recognized: the value of a header, or the hash of its bytes. Undefined where it does not carry the
 * header: then it is like no other.
 */
export function deduplicationName(
  { strategy, header }: Deduplication,
  { headers, body }: { readonly headers: Readonly<Record<string, string>>; readonly body: Uint8Array },
): string | undefined {
  if (strategy === 'body') return `body\n${createHash('sha256').update(body).digest('hex')}`;
  const value = header === undefined ? undefined : headers[header];
  return value ? `header\n${header}\n${value}` : undefined;
}
