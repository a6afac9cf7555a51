import * as z from 'zod/mini';
import { clearable, member, scalar, type UrlCheck } from './members';

/** The most mirrors a destination may have: every attempt may be sent to all of them. */
const MAX_MIRRORS = 5;

const targetUrl = (urlProblem: UrlCheck) =>
  z.string().check(
    z.maxLength(2048),
    z.superRefine((given, context) => {
      const problem = urlProblem(given);
      if (problem) context.addIssue({ code: 'custom', message: problem });
    }),
  );

/** Where every event goes. */
export const url = scalar('url', { input: targetUrl, kept: () => z.string() });

/** Further URLs that get every event; absent if there are none. */
export const mirrorUrls = member({
  body: (urlProblem) => ({ mirror_urls: clearable(z.array(targetUrl(urlProblem)).check(z.maxLength(MAX_MIRRORS))) }),
  kept: () => z.optional(z.readonly(z.array(z.string()))),
  read: ({ mirror_urls }) => (mirror_urls?.length === 0 ? null : mirror_urls),
  answer: () => ({ mirror_urls: z.array(z.string()).check(z.maxLength(MAX_MIRRORS)) }),
  write: (kept = []) => ({ mirror_urls: [...kept] }),
});

/** What is wrong with the mirrors as a whole, or undefined: a target named twice would be sent to twice. */
export function mirrorProblem(url: string, mirrors: readonly string[]): string | undefined {
  const all = [url, ...mirrors].filter((one) => URL.canParse(one)).map((one) => new URL(one).href);
  return new Set(all).size < all.length ? 'must not repeat each other or the url' : undefined;
}
