import * as z from 'zod/mini';
import { HEADER_NAME, HEADER_VALUE, headersProblem, isReservedHeader } from '../domain/header-rules';
import { redactHeaders } from '../domain/redaction';
import { member, preset } from './members';

/** No object can hold it safely; schemas of records leave it out without a word. */
const LOST = /^__proto__$/i;
const LOST_MESSAGE = 'cannot be the name of a header';

/** The name of a header that a destination may set. */
export const headerName = () =>
  z.string().check(
    z.regex(HEADER_NAME, 'is no header name'),
    z.refine((header) => !isReservedHeader(header), 'is set by Posthorn or by HTTP itself'),
    z.refine((header) => !LOST.test(header), LOST_MESSAGE),
  );

const headerValue = () => z.string().check(z.regex(HEADER_VALUE, 'must be printable ASCII without line breaks'));

const ownHeaders = () =>
  z.pipe(
    z.transform((given: unknown, context) => {
      const lost = Object.keys(given ?? {}).find((name) => LOST.test(name));
      if (lost) context.issues.push({ code: 'custom', input: given, path: [lost], message: LOST_MESSAGE });
      return given;
    }),
    z.record(headerName(), headerValue()).check(
      z.superRefine((all, context) => {
        const message = headersProblem(all);
        if (message) context.addIssue({ code: 'custom', message });
      }),
    ),
  );

/** The headers that a destination sets, names in lower case. Answers show `***` in place of credentials. */
export const headers = member({
  body: () => ({ headers: preset(ownHeaders(), {}) }),
  kept: () => z.record(z.string(), z.string()),
  read: (given, before = {}) => given.headers && keepHidden(before, lowerCase(given.headers)),
  answer: () => ({ headers: z.record(z.string(), z.string()) }),
  write: (kept) => ({ headers: redactHeaders(kept) }),
});

const lowerCase = (all: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(all).map(([name, value]) => [name.toLowerCase(), value]));

/** A value that comes back as it was shown means the one that is kept. */
function keepHidden(kept: Record<string, string>, given: Record<string, string>): Record<string, string> {
  const shown = redactHeaders(kept);
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, (value === shown[name] && kept[name]) || value]),
  );
}
