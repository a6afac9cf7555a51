import { createHash } from 'node:crypto';

export const DEDUP_STRATEGIES = ['header', 'body'] as const;

/** How a source recognizes what it has already received. */
export interface Deduplication {
  readonly strategy: (typeof DEDUP_STRATEGIES)[number];
  /** The header whose value names an event, in lower case; with that strategy only. */
  readonly header?: string | undefined;
  /** How long an event is remembered. */
  readonly windowSeconds: number;
}

export const DEFAULT_DEDUP_WINDOW_SECONDS = 300;

/** A week: shorter than events are kept, so that the first event of a repeat can still be read. */
export const MAX_DEDUP_WINDOW_SECONDS = 604_800;

/**
 * What identifies a request: the value of a header, or the hash of its bytes. Undefined if the header is missing: such
 * a request never counts as a repeat.
 */
export function deduplicationName(
  { strategy, header }: Deduplication,
  { headers, body }: { readonly headers: Readonly<Record<string, string>>; readonly body: Uint8Array },
): string | undefined {
  if (strategy === 'body') return `body\n${createHash('sha256').update(body).digest('hex')}`;
  const value = header === undefined ? undefined : headers[header];
  return value ? `header\n${header}\n${value}` : undefined;
}
