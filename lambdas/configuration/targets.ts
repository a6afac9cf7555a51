import * as z from 'zod/mini';
import { type UrlRules, urlProblem } from '../domain/target-url';
import { clearable, member, scalar } from './members';

/** The most mirrors a destination may have: every attempt may be sent to all of them. */
const MAX_MIRRORS = 5;

const targetUrl = (rules: UrlRules) =>
  z.string().check(
    z.maxLength(2048),
    z.superRefine((given, context) => {
      const problem = urlProblem(given, rules);
      if (problem) context.addIssue({ code: 'custom', message: problem });
    }),
  );

/** Where every event goes. */
export const url = scalar('url', { input: targetUrl, kept: () => z.string() });

/** Further URLs that get every event; absent if there are none. */
export const mirrorUrls = member({
  body: (rules) => ({ mirror_urls: clearable(z.array(targetUrl(rules)).check(z.maxLength(MAX_MIRRORS))) }),
  kept: () => z.optional(z.readonly(z.array(z.string()))),
  read: ({ mirror_urls }) => (mirror_urls?.length === 0 ? null : mirror_urls),
  answer: () => ({ mirror_urls: z.array(z.string()).check(z.maxLength(MAX_MIRRORS)) }),
  write: (kept = []) => ({ mirror_urls: [...kept] }),
});
