import * as z from 'zod/mini';
import { HEADER_VALUE } from '../domain/header-rules';
import { once } from '../runtime/once';
import { headerName } from './headers';
import { InvalidMember, member, preset } from './members';
import { text } from './names';

const TYPES = ['none', 'basic', 'bearer_token', 'api_key'] as const;

const credential = () =>
  z.string().check(z.minLength(1), z.maxLength(4096), z.regex(HEADER_VALUE, 'must be printable ASCII'));
const credentials = () =>
  z.object({
    username: z.optional(text().check(z.maxLength(255))),
    password: z.optional(text().check(z.maxLength(4096))),
    token: z.optional(credential()),
    header: z.optional(headerName()),
    key: z.optional(credential()),
  });

const kept = once(() =>
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('none') }),
    z.object({ type: z.literal('basic'), username: z.string(), password: z.string() }),
    z.object({ type: z.literal('bearer_token'), token: z.string() }),
    z.object({ type: z.literal('api_key'), header: z.string(), key: z.string() }),
  ]),
);

/** What a destination is called with. Credentials are written and never shown. */
export const auth = member({
  body: () => ({ auth_type: preset(z.enum(TYPES), 'none'), auth_config: preset(credentials(), {}) }),
  kept,
  read: ({ auth_type, auth_config }, before) => {
    // A body that names the stored kind need not repeat its credentials.
    if (auth_config === undefined && (auth_type === undefined || auth_type === before?.type)) return undefined;
    const given = { auth_type: auth_type ?? before?.type ?? 'none', auth_config: auth_config ?? {} };
    const [missing] = missingCredentials(given);
    if (missing) throw new InvalidMember(missing.path.join('.'), missing.message);
    return kept().parse({ type: given.auth_type, ...given.auth_config });
  },
  answer: () => ({ auth_type: z.enum(TYPES) }),
  write: ({ type }) => ({ auth_type: type }),
});

/** Which members of `auth_config` each kind of authentication needs. */
const REQUIRED = {
  none: [],
  basic: ['username', 'password'],
  bearer_token: ['token'],
  api_key: ['header', 'key'],
} as const;

interface Authentication {
  readonly auth_type: (typeof TYPES)[number];
  readonly auth_config: z.output<ReturnType<typeof credentials>>;
}

/** The credentials that a body lacks for its kind of authentication, each with its path and the error to report. */
export function missingCredentials({ auth_type, auth_config }: Authentication) {
  return REQUIRED[auth_type]
    .filter((name) => auth_config[name] === undefined)
    .map((name) => ({ path: ['auth_config', name], message: `is required by auth_type ${auth_type}` }));
}
