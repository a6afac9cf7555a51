import * as z from 'zod/mini';
import type { ConfigurationPrefix } from '../domain/identifiers';
import { isWellFormed } from '../domain/well-formed';
import { member, optional, scalar } from './members';

/** Text as people write it. */
export const text = () => z.string().check(z.refine(isWellFormed, 'contains half of a surrogate pair'));

export const nameText = () => text().check(z.trim(), z.minLength(1), z.maxLength(255));

const slugText = () =>
  z
    .string()
    .check(z.regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must consist of lower-case words joined by hyphens'), z.maxLength(100));

/** An identifier, as answers show it. */
export const idOf = (prefix: ConfigurationPrefix) => z.string().check(z.regex(new RegExp(`^${prefix}_[0-9a-f]{32}$`)));

export const name = scalar('name', { input: nameText, kept: () => z.string(), answer: nameText });

/** A new item whose body has none gets {@link slugOf} its name. */
export const slug = member({
  body: () => ({ slug: optional(slugText()) }),
  kept: () => z.string(),
  read: (given) => given.slug,
  answer: () => ({ slug: slugText() }),
  write: (kept) => ({ slug: kept }),
});

/** A slug from a name: `GitHub (main)` becomes `github-main`. A name without letters or digits gets `fallback`. */
export function slugOf(name: string, fallback: string): string {
  const words = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .match(/[a-z0-9]+/g);
  return words?.join('-').slice(0, 100).replace(/-$/, '') ?? fallback;
}
