import * as z from 'zod/mini';
import { DEDUP_STRATEGIES, DEFAULT_DEDUP_WINDOW_SECONDS, MAX_DEDUP_WINDOW_SECONDS } from '../domain/deduplication';
import { clearable, InvalidMember, member } from './members';
import { lowerCaseHeader } from './verification';

/** What makes a request a repeat; absent: nothing does. */
export const deduplication = member({
  body: () => ({
    dedup_enabled: clearable(z.boolean()),
    dedup_strategy: clearable(z.enum(DEDUP_STRATEGIES)),
    dedup_header: clearable(lowerCaseHeader()),
    dedup_window_seconds: clearable(z.int().check(z.minimum(1), z.maximum(MAX_DEDUP_WINDOW_SECONDS))),
  }),
  kept: () =>
    z.optional(
      z.object({ strategy: z.enum(DEDUP_STRATEGIES), header: z.optional(z.string()), windowSeconds: z.number() }),
    ),
  read: (given, before) => {
    const { dedup_enabled: enabled, dedup_strategy: asked, dedup_header: header, dedup_window_seconds: window } = given;
    if (enabled === false || enabled === null || asked === null) return null;
    if ([enabled, asked, header, window].every((value) => value == null)) return undefined;
    const strategy = asked ?? before?.strategy;
    if (!strategy) throw new InvalidMember('dedup_strategy', 'is required');
    const windowSeconds = window ?? before?.windowSeconds ?? DEFAULT_DEDUP_WINDOW_SECONDS;
    if (strategy === 'body') {
      if (header != null) throw new InvalidMember('dedup_header', 'means nothing for the strategy body');
      return { strategy, windowSeconds };
    }
    const name = header ?? before?.header;
    if (!name) throw new InvalidMember('dedup_header', 'is required by the strategy header');
    return { strategy, header: name, windowSeconds };
  },
  answer: () => ({
    dedup_enabled: z.boolean(),
    dedup_strategy: z.nullable(z.enum(DEDUP_STRATEGIES)),
    dedup_header: z.nullable(z.string()),
    dedup_window_seconds: z.nullable(z.int()),
  }),
  write: (kept) => ({
    dedup_enabled: kept !== undefined,
    dedup_strategy: kept?.strategy ?? null,
    dedup_header: kept?.header ?? null,
    dedup_window_seconds: kept?.windowSeconds ?? null,
  }),
});
